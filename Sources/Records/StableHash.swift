extension String {
    /// A number that is always the same for the same text (FNV-1a, 64 bits); not for texts of people who mean harm.
    package var stableHash: UInt64 {
        utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
