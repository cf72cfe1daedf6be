import Records

/// What the records of an XML file are, and what their values are called.
package struct XMLLayout: Sendable, Equatable {
    /// Names on the way to a record, as far as they were given.
    package let record: [String]
    let members: [String]
    let joins: Bool
    /// Whether there may be values that the sample does not show.
    private let isOpen: Bool

    /// Where values go, by the way to them.
    var places: MemberColumns { MemberColumns(members, hasOthers: isOpen) }

    /// What the columns are called.
    var columns: [String] { Self.shown(members) + (isOpen ? [MemberColumns.otherFieldsColumn] : []) }

    /// - Parameters:
    ///   - sample: the first bytes of the file as ``MarkupText``; what is cut off at its end does not count.
    /// - Throws: ``Diagnostic`` where the beginning is no XML, or no record is in it.
    init(_ sample: [UInt8], isWhole: Bool, settings: XMLSettings, limits: RecordLimits, file: String) throws {
        joins = settings.repeated == .join
        if settings.record.isEmpty {
            let census = XMLCensus()
            let problem = Self.parse(sample, isWhole: isWhole, census, limits, file)
            guard let found = census.record else {
                throw problem
                    ?? Diagnostic(code: "empty_input", "the file has no elements", file: file, hint: "export it again")
            }
            record = found
        } else {
            record = settings.record.split(separator: "/").map(String.init)
        }
        let names = Names(limits: limits)
        let handler = XMLRecords(record: record, joins: joins, mostText: limits.record, receiver: names)
        let problem = Self.parse(sample, isWhole: isWhole, handler, limits, file)
        guard names.records > 0, problem == nil || !names.names.isEmpty else {
            throw problem
                ?? Diagnostic(
                    code: "no_record",
                    "there is no element '\(record.joined(separator: "/"))' in the first part of the file",
                    file: file, hint: "set input.xml.record to the name of the element that is one record")
        }
        members = names.names
        isOpen = !isWhole || problem != nil || members.count == limits.columns
    }

    /// What the value at a way is called: an attribute's `@` is left out where no element has that name.
    static func shown(_ paths: [String]) -> [String] {
        let all = Set(paths)
        return paths.map { path in
            let plain = path.replacing("@", with: "")
            return all.contains(plain) || plain.isEmpty ? path : plain
        }
    }

    /// What is broken in the sample, which its reader will meet again in its place.
    private static func parse(
        _ sample: [UInt8], isWhole: Bool, _ handler: any MarkupHandler, _ limits: RecordLimits, _ file: String
    ) -> (any Error)? {
        let parser = MarkupParser(.xml, handler: handler, limits: limits, file: file)
        do {
            try sample.withUnsafeBytes { try parser.feed($0) }
            if isWhole { try parser.finish() }
            return nil
        } catch {
            return error
        }
    }

    /// The ways to all values, in the order in which they turn up.
    private final class Names: XMLRecords.Receiver {
        private(set) var names: [String] = []
        private(set) var records = 0
        private var seen: Set<String> = []
        private let limits: RecordLimits

        init(limits: RecordLimits) { self.limits = limits }

        func recordStarts() { records += 1 }
        func recordEnds() {}

        func value(_ path: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) {
            let name = String(decoding: path, as: UTF8.self)
            if names.count < limits.columns, name != MemberColumns.otherFieldsColumn, seen.insert(name).inserted {
                names.append(name)
            }
        }
    }
}

/// How XML is read, where it is not found out.
package struct XMLSettings: Sendable, Equatable {
    package enum Repeated: String, Sendable, CaseIterable {
        /// A column each: `email`, `email.2`.
        case index
        /// One column, the values with `; ` between them.
        case join
    }

    /// The name of the element that is one record, or the end of the way to it, such as `contacts/contact`; empty is auto.
    package var record = ""
    package var repeated = Repeated.index

    package init() {}
}
