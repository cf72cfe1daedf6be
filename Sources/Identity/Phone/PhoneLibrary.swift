import CPhoneNumber

/// libphonenumber: the only place that knows it.
///
/// Debian's metadata is from 2022, so a number counts where its length is possible; whether it is assigned is not asked.
enum PhoneLibrary {
    /// The calling code of a region (ISO 3166-1 alpha-2), nil where the region has none.
    static func callingCode(of region: String) -> Int? {
        let code = Int(mr_phone_calling_code(region))
        return code == 0 ? nil : code
    }

    static func isPossible(digits: Int, underCallingCode code: Int) -> Bool {
        mr_phone_possible_length(Int32(code), Int32(digits)) == 1
    }

    /// Appends the E.164 form of a number as people write it.
    static func append(_ text: ArraySlice<UInt8>, region: String, to out: inout [UInt8]) -> HintProblem? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 24) { formatted in
            var length = 0
            let code = text.withUnsafeBytes { bytes in
                mr_phone_e164(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, region, formatted.baseAddress,
                    &length)
            }
            switch code {
            case Int32(MR_PHONE_OK):
                for character in formatted[..<length] { out.append(UInt8(bitPattern: character)) }
                return nil
            case Int32(MR_PHONE_UNKNOWN_COUNTRY): return .unknownCountry
            case Int32(MR_PHONE_IMPOSSIBLE): return .impossibleNumber
            default: return .notANumber
            }
        }
    }
}
