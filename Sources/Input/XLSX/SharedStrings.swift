import Foundation
import Records

/// The texts of a workbook, which its cells name by number.
///
/// A large workbook has more of them than memory should hold, so they lie in a file without a name that is mapped in.
final class SharedStrings: MarkupHandler {
    private var ends: [Int] = []
    private var buffer: [UInt8] = []
    private var spilled = 0
    private let descriptor: Int32
    private var mapped: UnsafeRawBufferPointer?
    private var text = RichText()
    private var failure: (any Error)?

    /// Bytes that are held before they go to the file.
    private static let held = 1 << 22

    init(_ stream: (any ByteStream)?, limits: RecordLimits, file: String) throws {
        descriptor = try UnnamedFile.make()
        guard let stream else { return }
        let parser = MarkupParser(.xml, handler: Unretained(self), limits: limits, file: file)
        try parser.feedAll(MarkupText(stream), while: { self.failure == nil })
        if let failure { throw failure }
        if spilled > 0 {
            spill()
            if let failure { throw failure }
            guard let memory = mmap(nil, spilled, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else {
                throw Diagnostic(
                    code: "write_failed",
                    "the texts of the workbook cannot be kept: \(String(cString: strerror(errno)))",
                    file: file)
            }
            mapped = UnsafeRawBufferPointer(start: memory, count: spilled)
        }
    }

    deinit {
        if let mapped { munmap(UnsafeMutableRawPointer(mutating: mapped.baseAddress), mapped.count) }
        close(descriptor)
    }

    /// Calls `body` with the text of a number; with nothing where there is none.
    func with(_ number: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard ends.indices.contains(number) else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let range = (number == 0 ? 0 : ends[number - 1])..<ends[number]
        if let mapped {
            body(UnsafeRawBufferPointer(rebasing: mapped[range]))
        } else {
            buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
    }

    func start(_ name: UnsafeRawBufferPointer, _ attributes: MarkupAttributes) {
        name.equals("si") ? text.begin() : text.start(name)
    }

    func text(_ piece: UnsafeRawBufferPointer) { text.add(piece) }

    func end() {
        guard text.end() else { return }
        buffer.append(contentsOf: text.take())
        ends.append(spilled + buffer.count)
        if buffer.count > Self.held { spill() }
    }

    private func spill() {
        do {
            try buffer.withUnsafeBytes { try UnnamedFile.append($0, to: descriptor) }
            spilled += buffer.count
            buffer.removeAll(keepingCapacity: true)
        } catch {
            failure = error
        }
    }
}

/// The text of a string item (ECMA-376, part 1, 18.4.8): all its runs, without how they are pronounced.
struct RichText {
    /// For each open element, whether it holds text, and whether it says how text is pronounced.
    private var way: [(isText: Bool, isSilent: Bool)] = []
    private var silent = 0
    private var bytes: [UInt8] = []
    private(set) var isOpen = false

    /// An item begins.
    mutating func begin() {
        isOpen = true
        way = []
        silent = 0
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func start(_ name: UnsafeRawBufferPointer) {
        guard isOpen else { return }
        let isSilent = name.equals("rPh")
        if isSilent { silent += 1 }
        way.append((name.equals("t"), isSilent))
    }

    mutating func add(_ piece: UnsafeRawBufferPointer) {
        if isOpen, silent == 0, way.last?.isText == true { bytes.append(contentsOf: piece) }
    }

    /// An element ends; true where it is the item.
    mutating func end() -> Bool {
        guard isOpen else { return false }
        guard let element = way.popLast() else {
            isOpen = false
            return true
        }
        if element.isSilent { silent -= 1 }
        return false
    }

    /// The text, with `_x000D_` and the like as the characters that they stand for (22.9.2.19).
    mutating func take() -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "_")) else { return bytes }
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let code = Self.escape(bytes[index...]) {
                out.append(contentsOf: Array(String(Character(code)).utf8))
                index += 7
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return out
    }

    private static func escape(_ text: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard text.count >= 7, text.first == UInt8(ascii: "_"), text[text.startIndex + 1] == UInt8(ascii: "x"),
            text[text.startIndex + 6] == UInt8(ascii: "_")
        else { return nil }
        let digits = String(decoding: text.dropFirst(2).prefix(4), as: UTF8.self)
        guard digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
    }
}
