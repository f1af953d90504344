import Federation

/// What a command's exit status says (sysexits.h, and 0 to 2 for verdicts).
enum ExitStatus: Int32 {
    case done = 0
    /// The answer is no.
    case negative = 1
    /// There is no answer: something that is needed for it is not known.
    case indeterminate = 2
    case usage = 64
    case data = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case cannotCreate = 73
    case noPermission = 77
    case configuration = 78

    /// The status that belongs to a kind of problem.
    init(_ slug: Problem.Slug) {
        self =
            switch slug {
            case .malformedRequest, .tooLarge, .invalidItem, .invalidCredential, .invalidDecision,
                .requestIDReused, .methodNotAllowed, .notAcceptable, .unsupportedMedia,
                .rangeNotSatisfiable:
                .data
            case .notFound, .conflict, .outcomeUnknown, .invalidCheckpoint, .invalidProof,
                .unknownOrigin, .gone,
                .notAMember, .noLog, .notConfirmed, .registryRefused:
                .negative
            case .forbidden, .unauthenticated, .clockSkew: .noPermission
            case .logExists: .cannotCreate
            case .keyUnusable, .configuration: .configuration
            case .registryUnavailable, .busy, .readOnly, .unreachable, .requestTimeout,
                .rateLimited:
                .unavailable
            case .internalError: .software
            }
    }
}

/// Why a command ends without having done what it was asked, and with which status.
struct CommandFailure: Error {
    let status: ExitStatus
    let problem: Problem

    /// A failure with a status of its own.
    init(_ status: ExitStatus, _ problem: Problem) {
        self.status = status
        self.problem = problem
    }

    /// A failure whose status follows from the kind of problem.
    init(_ problem: Problem) {
        self.init(ExitStatus(problem.slug), problem)
    }
}
