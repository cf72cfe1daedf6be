/// The checksum and the size at the end of a gzip file (RFC 1952, section 2.3.1), which libarchive does not look at.
///
/// A file of several members has one for each, and only the last one is at hand: its size then differs from what was
/// unpacked in all, and nothing can be said.
struct GzipTrailer {
    private var checksum: UInt32 = 0xFFFF_FFFF
    private var size: UInt32 = 0

    /// Takes text that was unpacked.
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        size &+= UInt32(truncatingIfNeeded: bytes.count)
        var sum = checksum
        var index = 0
        Self.tables.withUnsafeBufferPointer { tables in
            // Eight bytes a step, by a table for each.
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian ^ UInt64(sum)
                sum = 0
                for step in 0..<8 {
                    sum ^= tables[(7 - step) * 256 + Int(truncatingIfNeeded: word >> UInt64(step * 8)) & 0xFF]
                }
                index += 8
            }
            while index < bytes.count {
                sum = sum >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: sum) ^ bytes[index])]
                index += 1
            }
        }
        checksum = sum
    }

    /// Whether the last eight bytes of the file say that what was unpacked is not what was packed.
    func contradicts(_ tail: [UInt8]) -> Bool {
        guard tail.count == 8 else { return false }
        let numbers = [0, 4].map { start in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(tail[start + $1]) << UInt32($1 * 8) }
        }
        return numbers[1] == size && numbers[0] != ~checksum
    }

    /// CRC-32 (ISO 3309) of a byte, and of a byte with one to seven zeros behind it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<(8 * 256) {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()
}
