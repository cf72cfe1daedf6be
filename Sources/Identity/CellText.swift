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
        let text = String(decoding: self, as: UTF8.self)
        let visible = String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .format }))
        return Array(visible.precomposedStringWithCanonicalMapping.utf8)
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
    var isASCIIDigit: Bool { self &- 0x30 < 10 }
    var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isASCIILetterOrDigit: Bool { isASCIIDigit || isASCIILetter }
}
