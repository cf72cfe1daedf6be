import Foundation

/// Reading cells byte by byte, with nothing but ASCII looked at.
extension ArraySlice<UInt8> {
    var isASCII: Bool {
        var all: UInt8 = 0
        for byte in self { all |= byte }
        return all < 0x80
    }

    /// Without blanks, controls and no-break spaces at both ends.
    var trimmed: ArraySlice<UInt8> {
        var text = self
        while let first = text.first {
            if first <= 0x20 {
                text = text.dropFirst()
            } else if text.starts(with: [0xC2, 0xA0]) {
                text = text.dropFirst(2)
            } else {
                break
            }
        }
        while let last = text.last {
            if last <= 0x20 || last == 0x7F {
                text = text.dropLast()
            } else if text.suffix(2).elementsEqual([0xC2, 0xA0]) {
                text = text.dropLast(2)
            } else {
                break
            }
        }
        return text
    }

    /// Whether it begins with lower-case ASCII `prefix`, in any case.
    func hasPrefix(ignoringCase prefix: StaticString) -> Bool {
        guard count >= prefix.utf8CodeUnitCount else { return false }
        return prefix.withUTF8Buffer { wanted in
            zip(self, wanted).allSatisfy { $0.asciiLowercased == $1 }
        }
    }

    /// Like ``composed``, with full-width letters, digits and signs (U+FF01–U+FF5E) as the usual ones, and ideographic
    /// blanks and full stops as blanks and dots: what an East Asian keyboard writes for the same keys.
    var narrowed: [UInt8] {
        let scalars = String(decoding: composed, as: UTF8.self).unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.value {
            case 0xFF01...0xFF5E: Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
            case 0x3000, 0xA0: " "
            case 0x3002, 0xFF61: "."
            default: scalar
            }
        }
        return Array(String(String.UnicodeScalarView(scalars)).utf8)
    }

    /// Composed form (NFC) as bytes, without invisible format characters such as zero-width spaces and soft hyphens.
    var composed: [UInt8] {
        if isPlainLatin { return Array(self) }
        let scalars = String(decoding: self, as: UTF8.self).unicodeScalars
        let visible = String(String.UnicodeScalarView(scalars.filter { !$0.isFormat }))
        return Array(visible.precomposedStringWithCanonicalMapping.utf8)
    }

    /// Whether all of it is ASCII or between U+00C0 and U+017F: the letters of European names, composed and visible.
    private var isPlainLatin: Bool {
        var isInside = false
        for byte in self {
            if isInside {
                isInside = false
            } else if byte >= 0x80 {
                guard (0xC3...0xC5).contains(byte) else { return false }
                isInside = true
            }
        }
        return true
    }
}

extension [UInt8] {
    /// Appends text with its ASCII letters in lower case.
    mutating func appendLowercased(_ text: ArraySlice<UInt8>) {
        let start = count
        append(contentsOf: text)
        withUnsafeMutableBufferPointer { bytes in
            for index in start..<bytes.count { bytes[index] = bytes[index].asciiLowercased }
        }
    }
}

extension Unicode.Scalar {
    /// Of the general category Format (Cf), without a look into the tables of Unicode.
    var isFormat: Bool {
        switch value {
        case 0..<0xAD: false
        case 0xAD, 0x600...0x605, 0x61C, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x180E, 0x200B...0x200F, 0x202A...0x202E,
            0x2060...0x2064, 0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0x110BD, 0x110CD, 0x13430...0x1343F,
            0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0001, 0xE0020...0xE007F:
            true
        default: false
        }
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
    var isASCIIDigit: Bool { self &- 0x30 < 10 }
    var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isASCIILetterOrDigit: Bool { isASCIIDigit || isASCIILetter }
}
