package import NIOCore
import Synchronization

/// The body of a request that knows whether the client began to send it.
///
/// A client asks for the body once a connection stands and the head is on its way. Where it never asked, the service cannot
/// have taken the request for one, let alone charged it; after that nobody knows.
package struct WatchedBody: AsyncSequence, Sendable {
    private let bytes: ByteBuffer
    private let begun = Flag()

    package init(_ bytes: ByteBuffer) { self.bytes = bytes }

    package var count: Int64 { Int64(bytes.readableBytes) }
    package var hasBegun: Bool { begun.isSet.withLock { $0 } }

    package func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes, begun: begun) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate var bytes: ByteBuffer?
        fileprivate let begun: Flag

        package mutating func next() async -> ByteBuffer? {
            begun.isSet.withLock { $0 = true }
            defer { bytes = nil }
            return bytes
        }
    }

    fileprivate final class Flag: Sendable {
        let isSet = Mutex(false)
    }
}
