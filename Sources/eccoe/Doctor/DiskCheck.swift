import Foundation
import NodeStore

/// Whether there is room for what comes.
enum DiskCheck {
    /// Bytes below which the daemon is not ready.
    private static let least: UInt64 = 64 << 20
    /// Bytes below which the operator is told.
    private static let low: UInt64 = 1 << 30

    static func examine(_ patient: Patient) -> Finding {
        let path = patient.folder.path
        var status = statvfs()
        guard statvfs(path, &status) == 0 else {
            return .failed(
                "\(path): \(String(cString: strerror(errno)))", try: "ls -ld \(path)")
        }
        guard status.f_flag & UInt(ST_RDONLY) == 0 else {
            return .failed("the disk of \(path) is read-only", try: "findmnt -T \(path)")
        }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        let detail = "\(size(free)) free at \(path)"
        let look = "du -xh -d 2 \(path) | sort -h | tail"
        if free < least { return .failed(detail, try: look) }
        return free < low ? .warning(detail, try: look) : .ok(detail)
    }

    private static func size(_ bytes: UInt64) -> String {
        bytes >= 10 << 30 ? "\(bytes >> 30) GiB" : "\(bytes >> 20) MiB"
    }
}
