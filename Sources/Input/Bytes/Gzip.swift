import CZlib
import Records

/// zlib for gzip files (RFC 1952), over one of our streams and for what is written: the only place that knows it.
///
/// libarchive passes over the checksum and the size at the end of each member; zlib checks them, and an export with a
/// broken byte in it must not be read as a shorter one.
package final class Gzip: ByteStream {
    private let stream: any ByteStream
    private let name: String
    private var limits: UnpackingLimits
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var inflater = z_stream()
    private var isAtEnd = false

    /// - Throws: ``Diagnostic`` where there is no memory for it.
    init(_ stream: any ByteStream, limits: RecordLimits, name: String) throws {
        self.stream = stream
        self.name = name
        self.limits = UnpackingLimits(limits, name: name)
        // A window of 15 bits, the largest, and 16 for gzip's header and trailer.
        let code = inflateInit2_(&inflater, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw Archive.failure("there is no memory for it", name) }
    }

    /// A member of its own with some bytes; members one after the other are one file (RFC 1952, 2.2).
    ///
    /// - Throws: ``Diagnostic`` `write_failed` where there is no memory for it.
    package static func member(_ bytes: [UInt8]) throws -> [UInt8] {
        let failure = Diagnostic(code: "write_failed", "there is no memory to compress the output")
        var deflater = z_stream()
        let code = deflateInit2_(
            &deflater, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw failure }
        defer { deflateEnd(&deflater) }
        var input = bytes
        let member = input.withUnsafeMutableBufferPointer { bytes in
            [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&deflater, UInt(bytes.count)))) { room, count in
                deflater.next_in = bytes.baseAddress
                deflater.avail_in = UInt32(bytes.count)
                deflater.next_out = room.baseAddress
                deflater.avail_out = UInt32(room.count)
                count = deflate(&deflater, Z_FINISH) == Z_STREAM_END ? Int(deflater.total_out) : 0
            }
        }
        guard !member.isEmpty else { throw failure }
        return member
    }

    deinit {
        inflateEnd(&inflater)
        input.deallocate()
    }

    var taken: Int { stream.taken }

    /// - Throws: ``Diagnostic`` `damaged_archive` where a checksum does not fit or the file is cut off.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !isAtEnd, !buffer.isEmpty else { return 0 }
        let room = min(buffer.count, Int(UInt32.max))
        inflater.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        inflater.avail_out = UInt32(room)
        while Int(inflater.avail_out) == room, !isAtEnd {
            if inflater.avail_in == 0, try !fill() { throw damaged("it is cut off") }
            switch inflate(&inflater, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: try endMember()
            default: throw damaged(inflater.msg.map { String(cString: $0) } ?? "broken data")
            }
        }
        let count = room - Int(inflater.avail_out)
        try limits.add(count, taken: taken)
        return count
    }

    /// Another member may follow; anything else behind one, such as the zeros of a tape, is no part of the text.
    private func endMember() throws {
        if inflater.avail_in < 2, try !fill() || inflater.avail_in < 2 {
            isAtEnd = true
        } else if inflater.next_in[0] == 0x1F, inflater.next_in[1] == 0x8B {
            inflateReset(&inflater)
        } else {
            isAtEnd = true
        }
    }

    /// Reads more behind what is left; false at the end of the file.
    private func fill() throws -> Bool {
        let left = Int(inflater.avail_in)
        if left > 0, let start = inflater.next_in {
            input.copyMemory(from: UnsafeRawBufferPointer(start: start, count: left))
        }
        var count = 0
        repeat {
            let more = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: input[(left + count)...]))
            count += more
            if more == 0 { break }
        } while left + count < 2
        inflater.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        inflater.avail_in = UInt32(left + count)
        return count > 0
    }

    private func damaged(_ why: String) -> Diagnostic {
        Archive.failure("the archive is cut off or damaged (\(why)): \(limits.unpacked) bytes came out of it", name)
    }
}
