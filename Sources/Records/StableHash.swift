extension String {
    /// A number that is always the same for the same text (FNV-1a, 64 bits); not for texts of people who mean harm.
    package var stableHash: UInt64 {
        var text = self
        // Bytes that lie together, since every hint of every row is hashed.
        return text.withUTF8 { bytes in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return hash
        }
    }
}
