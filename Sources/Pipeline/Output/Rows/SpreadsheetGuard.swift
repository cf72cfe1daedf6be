/// Which cells a spreadsheet would take for a formula.
///
/// Pure. A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is calculated when the file is opened, and
/// may do harm; an apostrophe before it makes a text of it. Numbers and phones begin like that too and stay as they are.
enum SpreadsheetGuard {
    static let mark = UInt8(ascii: "'")

    @inline(__always)
    static func isNeeded(_ cell: UnsafeRawBufferPointer) -> Bool {
        guard let first = cell.first else { return false }
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: "@"), 9, 13: return true
        case UInt8(ascii: "+"), UInt8(ascii: "-"): return !isNumber(cell) && !isPhone(cell)
        default: return false
        }
    }

    /// A sign and digits, perhaps with separators: `-5.3`, `+14155550101`, `-1,200.50`, `+1e6`.
    private static func isNumber(_ cell: UnsafeRawBufferPointer) -> Bool {
        var hasDigit = false
        var last: UInt8 = 0
        for byte in cell.dropFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
            case UInt8(ascii: "."), UInt8(ascii: ","):
                guard isDigit(last) else { return false }
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard isDigit(last) else { return false }
            case UInt8(ascii: "+"), UInt8(ascii: "-"):
                guard last | 0x20 == UInt8(ascii: "e") else { return false }
            default: return false
            }
            last = byte
        }
        return hasDigit && isDigit(last)
    }

    /// A phone as people write it, `+49 (0)30 901822`: with a blank or a bracket in it nothing can be calculated.
    private static func isPhone(_ cell: UnsafeRawBufferPointer) -> Bool {
        guard cell.first == UInt8(ascii: "+"), cell.contains(where: { $0 == 0x20 || $0 == UInt8(ascii: "(") }) else {
            return false
        }
        return cell.dropFirst().allSatisfy { isDigit($0) || " ()/.-".utf8.contains($0) }
            && cell.contains(where: isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
