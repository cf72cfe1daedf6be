import Foundation
import Records

/// The texts of the objects in a JSON file, one after the other.
final class JSONRecords {
    enum Found {
        /// What should be an object, with ``SimdJSON/padding`` readable bytes behind it.
        case object(UnsafeRawBufferPointer)
        case blank
        /// An object beyond the limit, or one that does not end; this is its beginning.
        case tooLong([UInt8])
        case unclosed([UInt8])
    }

    private let window: ByteWindow
    private let arrangement: JSONLayout.Arrangement
    private let limits: RecordLimits
    private let file: String
    private var isInArray: Bool
    private var isClosed = false
    private var isLost = false
    /// The file ends inside an object, and no other one follows.
    private var isCut = false
    private var length = 0
    /// Where the record starts, and the line behind it.
    private(set) var start: Position
    private var line: Int

    init(
        _ stream: any ByteStream, arrangement: JSONLayout.Arrangement, limits: RecordLimits, from start: Position,
        file: String
    ) throws {
        window = try ByteWindow(stream, from: start.byte, block: limits.block, file: file)
        self.arrangement = arrangement
        self.limits = limits
        self.file = file
        isInArray = start.record > 1
        self.start = start
        line = start.line
    }

    /// Where the next record starts.
    var end: (byte: Int, line: Int) { (window.offset + length, line) }
    var taken: Int { window.taken }

    /// The next record, or nil at the end.
    ///
    /// - Throws: ``Diagnostic`` `cut_input` where an array is not closed.
    func next() throws -> Found? {
        window.advance(by: length)
        length = 0
        return arrangement == .lines ? try nextLine() : try nextValue()
    }

    // MARK: One object a line

    private func nextLine() throws -> Found? {
        start.byte = window.offset
        start.line = line
        var scanned = 0
        while true {
            if let end = window.find(10, from: scanned) {
                length = end + 1
                break
            }
            scanned = window.count
            if scanned > limits.field {
                let beginning = Array(window[0..<min(scanned, Reject.rawLimit)])
                try passOverLine()
                return .tooLong(beginning)
            }
            guard try window.fill() else {
                guard window.count > 0 else { return nil }
                length = window.count
                break
            }
        }
        line += 1
        let text = window[0..<length][...].trimmedLineEnd
        if text.count > limits.field { return .tooLong(Array(text.prefix(Reject.rawLimit))) }
        guard text.contains(where: { $0 != 32 && $0 != 9 && $0 != 13 }) else { return .blank }
        return .object(UnsafeRawBufferPointer(rebasing: text))
    }

    private func passOverLine() throws {
        window.advance(by: window.count)
        while try window.fill() {
            if let end = window.find(10, from: 0) {
                length = end + 1
                break
            }
            window.advance(by: window.count)
        }
        line += 1
    }

    // MARK: Objects over several lines

    private func nextValue() throws -> Found? {
        while true {
            guard let byte = try peek() else { return try ended() }
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: ","), UInt8(ascii: "]"):
                if arrangement == .array, byte != UInt8(ascii: "[") || !isInArray {
                    isInArray = true
                    isClosed = byte == UInt8(ascii: "]")
                    window.advance(by: 1)
                    continue
                }
                return try value()
            default: return try value()
            }
        }
    }

    private func ended() throws -> Found? {
        guard arrangement == .array, !isClosed, !isLost || isCut else { return nil }
        throw Diagnostic(
            code: "cut_input", "the array is not closed: the file is cut off", file: file, line: line,
            hint: "export it again; the records before this line were read")
    }

    /// The next byte that is no blank, with lines counted up to it.
    private func peek() throws -> UInt8? {
        while true {
            while window.count > 0 {
                let byte = window.base.load(as: UInt8.self)
                if byte == 10 { line += 1 }
                guard byte == 32 || byte == 9 || byte == 10 || byte == 13 else { return byte }
                window.advance(by: 1)
            }
            guard try window.fill() else { return nil }
        }
    }

    /// A value up to where its brackets close; a value without brackets up to a comma or the end of its line.
    private func value() throws -> Found {
        start.byte = window.offset
        start.line = line
        var brackets = Brackets()
        var index = 0
        while true {
            if let end = brackets.end(in: window[0..<window.count], from: index) {
                length = end
                line += Self.lineEnds(window[0..<end])
                if end > limits.field { return .tooLong(Array(window[0..<min(end, Reject.rawLimit)])) }
                return .object(window[0..<end])
            }
            index = window.count
            if index > limits.field { return try lose { .tooLong($0) } }
            guard try window.fill() else { return try lose { .unclosed($0) } }
        }
    }

    /// An object that does not end costs its first line; reading goes on at the next line that begins with an object.
    private func lose(_ found: ([UInt8]) -> Found) throws -> Found {
        isLost = true
        var index = window.find(10, from: 0).map { $0 + 1 } ?? window.count
        let shown = Array(window[0..<index][...].trimmedLineEnd.prefix(Reject.rawLimit))
        line += index > 0 && window[index - 1..<index][0] == 10 ? 1 : 0
        while index < window.count {
            let end = window.find(10, from: index).map { $0 + 1 } ?? window.count
            let first = window[index..<end].first { $0 != 32 && $0 != 9 && $0 != UInt8(ascii: ",") }
            if first == UInt8(ascii: "{") { break }
            index = end
            line += 1
        }
        length = index
        isCut = index >= window.count && window.isAtEnd
        return found(shown)
    }

    private static func lineEnds(_ bytes: UnsafeRawBufferPointer) -> Int { bytes.count { $0 == 10 } }
}

/// Follows the brackets of a JSON value, as far as it was read.
private struct Brackets {
    private var open = 0
    private var isInString = false
    private var isEscaped = false
    private var hasBegun = false

    /// Where the value ends, or nil where it does not end within the bytes.
    mutating func end(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == 0x5C {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    if open == 0 { return index + 1 }
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                open += 1
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                if open == 0 { return max(index, 1) }
                open -= 1
                if open == 0 { return index + 1 }
            } else if open == 0, hasBegun, byte == UInt8(ascii: ",") || byte == 10 {
                return index
            }
            hasBegun = true
            index += 1
        }
        return nil
    }
}
