import Records

/// Follows a document's elements and tells the values in each record, by the names on the way to them.
///
/// The way is dotted: `company.name`; an attribute is called as an element would be, with `@` before its name where an
/// element has that name too. The second element of one name beside another gets a number: `email.2`, `phone.2.type`.
final class XMLRecords: MarkupHandler {
    /// Takes what is found.
    protocol Receiver: AnyObject {
        func value(_ path: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer)
        func recordStarts()
        func recordEnds()
    }

    private struct Frame {
        /// Length of the path and of the text before this element.
        var path: Int
        var text: Int
        var hasChildren = false
        /// Names of the children so far, by their hash, and how often each stood.
        var children: [(name: Int, count: Int)] = []
    }

    private let record: [String]
    private let joins: Bool
    private let mostText: Int
    private unowned let receiver: any Receiver
    /// Names from the root to here, while no record is open.
    private var way: [String] = []
    private var frames: [Frame] = []
    private var path: [UInt8] = []
    private var text: [UInt8] = []
    private(set) var isTooLong = false

    /// - Parameters:
    ///   - record: the names at the end of the way to a record.
    ///   - joins: repeated elements keep one name, so that their values can be joined.
    init(record: [String], joins: Bool, mostText: Int, receiver: any Receiver) {
        self.record = record
        self.joins = joins
        self.mostText = mostText
        self.receiver = receiver
    }

    func start(_ name: UnsafeRawBufferPointer, _ attributes: MarkupAttributes) {
        if frames.isEmpty {
            way.append(String(decoding: name, as: UTF8.self))
            guard way.count >= record.count, way.suffix(record.count).elementsEqual(record) else { return }
            isTooLong = false
            receiver.recordStarts()
            frames.append(Frame(path: 0, text: 0))
        } else {
            let count = countChild(name)
            let frame = Frame(path: path.count, text: text.count)
            if !path.isEmpty { path.append(UInt8(ascii: ".")) }
            path.append(contentsOf: name)
            if count > 1, !joins { path.append(contentsOf: Array(".\(count)".utf8)) }
            frames.append(frame)
        }
        attributes.forEach { name, value in
            let length = path.count
            if !path.isEmpty { path.append(UInt8(ascii: ".")) }
            path.append(UInt8(ascii: "@"))
            path.append(contentsOf: name)
            report(value)
            path.removeSubrange(length...)
        }
    }

    func text(_ piece: UnsafeRawBufferPointer) {
        guard !frames.isEmpty else { return }
        guard text.count + piece.count <= mostText else {
            isTooLong = true
            return
        }
        text.append(contentsOf: piece)
    }

    func end() {
        guard let frame = frames.popLast() else {
            way.removeLast()
            return
        }
        let own = text[frame.text...]
        // Between elements, blanks are how the file is laid out.
        let isLayout = frame.hasChildren && own.allSatisfy { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
        if !isLayout, !frames.isEmpty || !own.isEmpty {
            if frames.isEmpty { path.append(contentsOf: (record.last ?? "value").utf8) }
            own.withUnsafeBytes { report($0) }
        }
        text.removeSubrange(frame.text...)
        path.removeSubrange(frame.path...)
        if frames.isEmpty {
            way.removeLast()
            receiver.recordEnds()
        }
    }

    private func report(_ value: UnsafeRawBufferPointer) {
        path.withUnsafeBytes { receiver.value($0, value) }
    }

    /// How often an element of this name has stood here, with this one.
    private func countChild(_ name: UnsafeRawBufferPointer) -> Int {
        var hash = 0xBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ Int(byte)) &* 0x100_0000_01B3 }
        let top = frames.count - 1
        frames[top].hasChildren = true
        if let known = frames[top].children.firstIndex(where: { $0.name == hash }) {
            frames[top].children[known].count += 1
            return frames[top].children[known].count
        }
        frames[top].children.append((hash, 1))
        return 1
    }
}
