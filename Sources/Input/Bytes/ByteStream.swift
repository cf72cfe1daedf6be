/// Bytes that are read forward, once.
protocol ByteStream: AnyObject {
    /// Fills `buffer` from its start as far as one read goes; 0 is the end.
    ///
    /// - Throws: ``Diagnostic`` where what lies beneath cannot be read.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int

    /// Passes over bytes; fewer only where the stream ends.
    ///
    /// - Returns: how many were passed over.
    func skip(_ count: Int) throws -> Int

    /// Bytes of the file itself that were taken so far.
    var taken: Int { get }
}

extension ByteStream {
    func skip(_ count: Int) throws -> Int {
        var left = count
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            while left > 0 {
                let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
                if read == 0 { break }
                left -= read
            }
        }
        return count - left
    }
}

/// A stream whose beginning can be looked at before it is read.
final class PeekedBytes: ByteStream {
    private let stream: any ByteStream
    private var head: [UInt8] = []
    private var headTaken = 0
    private var hasStarted = false

    /// Room that every stream can fill.
    private static let leastRoom = 64

    init(_ stream: any ByteStream) { self.stream = stream }

    var taken: Int { stream.taken }

    /// The first bytes, a few more than asked for at most, which stay to be read; fewer only where the stream ends.
    func peek(_ count: Int) throws -> [UInt8] {
        guard head.count < count, !hasStarted else { return head }
        var more = [UInt8](repeating: 0, count: count - head.count + Self.leastRoom)
        let filled = try more.withUnsafeMutableBytes { buffer in
            var filled = 0
            while buffer.count - filled >= Self.leastRoom {
                let read = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if read == 0 { break }
                filled += read
            }
            return filled
        }
        head.append(contentsOf: more[..<filled])
        return head
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        hasStarted = true
        guard headTaken < head.count else { return try stream.read(into: buffer) }
        let count = min(buffer.count, head.count - headTaken)
        buffer.copyBytes(from: head[headTaken..<(headTaken + count)])
        headTaken += count
        if headTaken == head.count { (head, headTaken) = ([], 0) }
        return count
    }

    func skip(_ count: Int) throws -> Int {
        hasStarted = true
        let fromHead = min(count, head.count - headTaken)
        headTaken += fromHead
        return try fromHead + (count > fromHead ? stream.skip(count - fromHead) : 0)
    }
}
