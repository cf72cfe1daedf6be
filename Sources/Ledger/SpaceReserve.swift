import Foundation
import Synchronization

/// Room on the disk that is kept for answers which have been paid for.
///
/// A file beside the ledger that holds nothing. Where the disk is full it is given up, so that what is in the air can still
/// be written down; from then on nothing more may leave.
final class SpaceReserve: Sendable {
    /// Enough for the answers of all requests that can be in the air, with the pages of the log that they touch.
    private static let bytes: off_t = 8 << 20

    private let path: String
    private let spent = Mutex(false)

    /// Makes the file where there is room; where there is none, nothing is kept.
    init(ledger: String) {
        path = ledger + ".reserve"
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if posix_fallocate(descriptor, 0, Self.bytes) != 0 { unlink(path) }
    }

    /// Whether the room was needed.
    var isSpent: Bool { spent.withLock { $0 } }

    /// Gives the room back to the disk.
    func give() {
        spent.withLock { spent in
            if !spent { unlink(path) }
            spent = true
        }
    }
}
