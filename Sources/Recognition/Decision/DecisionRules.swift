import CanonicalJSON
import Catalogue
import Keys

/// A rule that a decision breaks.
package struct DecisionProblem: Equatable, Sendable {
    /// JSON pointer to the member to mend.
    package let pointer: String
    /// What is wrong, as a full sentence.
    package let message: String
    /// What to write instead.
    package let remedy: String
}

extension DecisionRecord {
    /// The rules of domain.md section 5 that the decision breaks, and values that could not be read
    /// back; empty when it may be recorded.
    package var problems: [DecisionProblem] {
        outcomeProblems + formProblems
    }

    private var outcomeProblems: [DecisionProblem] {
        var problems: [DecisionProblem] = []
        func problem(_ pointer: String, _ message: String, _ remedy: String) {
            problems.append(DecisionProblem(pointer: pointer, message: message, remedy: remedy))
        }
        if outcome == .recognised {
            if !reasons.isEmpty {
                problem(
                    "/reasons",
                    "Reasons stand for substantial differences, but it is recognised.",
                    "leave out the reasons, or choose another outcome"
                )
            }
        } else {
            if reasons.isEmpty {
                problem(
                    "/reasons",
                    "Anything but recognition as requested needs a reason.",
                    "give at least one of "
                        + ReasonCode.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            if isBlank(appeal) {
                problem(
                    "/appeal",
                    "Anything but recognition as requested needs the way to appeal.",
                    "say to whom, how and until when the applicant can appeal"
                )
            }
        }
        if outcome == .partial, credits == nil {
            problem(
                "/credits",
                "Partial recognition needs the number of credits.",
                "give number and framework"
            )
        }
        if outcome == .conditional, isBlank(remarks) {
            problem(
                "/remarks",
                "Conditional recognition needs the goals to meet.",
                "write what the applicant has to do"
            )
        }
        if outcome == .refused, credits != nil {
            problem("/credits", "A refusal grants no credits.", "leave out the credits")
        }
        return problems
    }

    private var formProblems: [DecisionProblem] {
        do {
            _ = try DecisionRecord(bytes: bytes)
            if let credits, credits.number == "0" {
                return [
                    DecisionProblem(
                        pointer: "/credits/number",
                        message: "No credits are granted.",
                        remedy: "leave out the credits"
                    )
                ]
            }
            return []
        } catch {
            return [
                DecisionProblem(
                    pointer: error.pointer,
                    message: "\(error).",
                    remedy: error.remedy
                )
            ]
        }
    }

    private func isBlank(_ text: String?) -> Bool {
        text?.allSatisfy(\.isWhitespace) ?? true
    }
}
