import Records

/// How the objects of a JSON file stand in it, and what their members are.
package struct JSONLayout: Sendable, Equatable {
    package enum Arrangement: String, Sendable {
        /// One object a line.
        case lines
        /// One array of objects.
        case array
        /// Objects one after the other, over several lines.
        case sequence
    }

    package let arrangement: Arrangement
    let members: [String]
    /// Whether there may be members that the sample does not show.
    private let isOpen: Bool

    var columns: MemberColumns { MemberColumns(members, hasOthers: isOpen) }

    /// - Parameter sample: the first bytes of the file; what is cut off at its end does not count.
    init(_ sample: [UInt8], isWhole: Bool, limits: RecordLimits, file: String) throws {
        let first = sample.first { ![32, 9, 10, 13].contains($0) }
        if first == UInt8(ascii: "[") {
            arrangement = .array
        } else if try Self.members(sample, .lines, isWhole: isWhole, limits, file, most: 1).isEmpty,
            try !Self.members(sample, .sequence, isWhole: isWhole, limits, file, most: 1).isEmpty
        {
            arrangement = .sequence
        } else {
            arrangement = .lines
        }
        members = try Self.members(sample, arrangement, isWhole: isWhole, limits, file, most: .max)
        // A text with broken bytes may be mended later and show more than it did here.
        isOpen = !isWhole || members.count == limits.columns || !sample.withUnsafeBytes { UTF8Check.isValid($0) }
    }

    /// The members of the first `most` objects, in the order in which they turn up; those of objects in them dotted.
    private static func members(
        _ sample: [UInt8], _ arrangement: Arrangement, isWhole: Bool, _ limits: RecordLimits, _ file: String, most: Int
    ) throws -> [String] {
        let records = try JSONRecords(
            SampleBytes(sample), arrangement: arrangement, limits: limits, from: .start, file: file)
        let parser = SimdJSON()
        var names: [String] = []
        var seen: Set<String> = []
        var objects = 0
        while objects < most, let found = try? records.next() {
            guard case .object(let text) = found else { continue }
            objects += 1
            // The last line of a cut sample is read as if it were whole; it is no object then.
            guard case .success(let members) = parser.members(of: text, depth: limits.depth) else { continue }
            for member in members where names.count < limits.columns {
                let name = String(decoding: member.path, as: UTF8.self)
                if name != MemberColumns.otherFieldsColumn, seen.insert(name).inserted { names.append(name) }
            }
        }
        return names
    }
}

extension JSONLayout {
    /// The layout of a file that has not been looked at.
    static let empty = JSONLayout(arrangement: .lines, members: [])

    private init(arrangement: Arrangement, members: [String]) {
        self.arrangement = arrangement
        self.members = members
        isOpen = true
    }
}
