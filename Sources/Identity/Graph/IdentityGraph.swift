/// Which rows of a whole input are the same person: rows that share a hint, or share one with a row that does.
///
/// The order of rows does not matter, which is why all of them are looked at before any is asked for. A hint that stands in
/// rows which contradict each other — both the name and the company differ — joins nobody: a profile pasted into the
/// wrong row must not make two persons one.
///
/// Hints are 64-bit hashes with a secret of the process; two different ones meet with a probability of 1 in ten million for
/// two million of them. Of hints that stand in one row alone nothing is kept, so the graph is as large as the duplicates
/// in the input, however many rows it has.
package struct IdentityGraph: Sendable {
    /// A row as far as the graph looks at it.
    package struct Row: Sendable {
        /// ``hash(_:)`` of every text under which the person can be found again, each once.
        package var aliases: [UInt64]
        /// ``hash(_:)`` of the folded name and of the company's domain; 0 where there is none.
        package var name: UInt64
        package var domain: UInt64

        package init(aliases: [UInt64], name: UInt64 = 0, domain: UInt64 = 0) {
            self.aliases = aliases
            self.name = name
            self.domain = domain
        }
    }

    /// Whose names a hint, or a person, was seen with.
    private struct Bearers {
        var name: UInt32 = 0
        var domain: UInt32 = 0
        var hasOtherName = false
        var hasOtherDomain = false
        var isContested = false

        /// Two rows contradict each other where both differ; over many rows, all must share the name or all the domain.
        mutating func add(_ otherName: UInt32, _ otherDomain: UInt32) {
            guard otherName != 0, otherDomain != 0 else { return }
            guard name != 0 else {
                (name, domain) = (otherName, otherDomain)
                return
            }
            hasOtherName = hasOtherName || otherName != name
            hasOtherDomain = hasOtherDomain || otherDomain != domain
            isContested = isContested || hasOtherName && hasOtherDomain
        }
    }

    /// A row that shares a hint with another.
    private struct Member {
        let row: Int32
        let name: UInt32
        let domain: UInt32
        let hintsOfRow: UInt32
        /// The hints that it shares.
        var nodes: [Int32] = []
        /// Whether its hints stand for nobody, also those that no other row has.
        var isContested = false
    }

    /// A contested hint in the rows of one bearer.
    private struct Apart: Hashable {
        var node: Int32
        var name: UInt32
        var domain: UInt32
    }

    /// Hints that more than one row has.
    private var nodes: [(hash: UInt64, bearers: Bearers)] = []
    private var members: [Member] = []
    private var memberOfRow: [Int32: Int32] = [:]

    package init() {}

    package static func hash(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
    }

    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    package mutating func add(_ hints: SharedHints) {
        var start = 0
        for end in hints.ends {
            addShared(hints.records[start..<end])
            start = end
        }
    }

    private mutating func addShared(_ records: ArraySlice<HintRecord>) {
        var bearers = Bearers()
        let node = Int32(nodes.count)
        for record in records {
            bearers.add(record.name, record.domain)
            let member = memberOfRow[record.row] ?? addMember(record)
            members[Int(member)].nodes.append(node)
        }
        nodes.append((records[records.startIndex].hash, bearers))
    }

    private mutating func addMember(_ record: HintRecord) -> Int32 {
        let member = Int32(members.count)
        members.append(
            Member(row: record.row, name: record.name, domain: record.domain, hintsOfRow: record.hintsOfRow))
        memberOfRow[record.row] = member
        return member
    }

    /// Joins the rows, once all of them are in.
    package mutating func groups(_ marks: RowMarks) -> IdentityGroups {
        var (sets, places) = joined()
        if contestContradictions(&sets, places) { (sets, places) = joined() }
        var rows: [Int32: [Int32]] = [:]
        for (member, place) in zip(members, places) where place >= 0 {
            rows[sets.root(of: place), default: []].append(member.row)
        }
        return IdentityGroups(
            groups: rows.values.filter { $0.count > 1 }, marks: marks, shared: Set(nodes.map(\.hash)),
            contested: Set(nodes.lazy.filter(\.bearers.isContested).map(\.hash)),
            contestedRows: Set(members.lazy.filter(\.isContested).map(\.row)),
            touched: members.filter { member in
                member.isContested || member.nodes.contains { nodes[Int($0)].bearers.isContested }
            }.map(\.row))
    }

    /// Puts all rows together that share an uncontested hint.
    ///
    /// - Returns: the sets, and for each member a node of its own; -1 for one that is alone.
    private func joined() -> (DisjointSets, places: [Int32]) {
        var sets = DisjointSets(nodes.count)
        /// Under contested hints each bearer is a person of its own.
        var apart: [Apart: Int32] = [:]
        let places = members.map { member in
            var joining = member.nodes.filter { !nodes[Int($0)].bearers.isContested }
            let hasOwnHint = !member.isContested && member.nodes.count < member.hintsOfRow
            if joining.isEmpty, !hasOwnHint {
                joining = member.nodes.map { node in
                    guard member.name != 0, member.domain != 0 else { return node }
                    let key = Apart(node: node, name: member.name, domain: member.domain)
                    let own = apart[key] ?? sets.add()
                    apart[key] = own
                    return own
                }
            }
            for other in joining.dropFirst() { sets.join(joining[0], other) }
            return joining.first ?? -1
        }
        return (sets, places)
    }

    /// Contests every hint of a group in which rows contradict each other by way of others, so that it falls apart.
    ///
    /// - Returns: whether there was such a group.
    private mutating func contestContradictions(_ sets: inout DisjointSets, _ places: [Int32]) -> Bool {
        var people = [Bearers](repeating: Bearers(), count: sets.count)
        for (member, place) in zip(members, places) where place >= 0 {
            people[Int(sets.root(of: place))].add(member.name, member.domain)
        }
        guard people.contains(where: \.isContested) else { return false }
        for (index, place) in places.enumerated()
        where place >= 0 && people[Int(sets.root(of: place))].isContested {
            members[index].isContested = true
            for node in members[index].nodes { nodes[Int(node)].bearers.isContested = true }
        }
        return true
    }
}

/// Sets that only ever grow together (Tarjan's union-find, with halved paths).
struct DisjointSets {
    private var parents: [Int32]

    init(_ count: Int) { parents = Array(0..<Int32(count)) }

    /// A new set of one.
    mutating func add() -> Int32 {
        parents.append(Int32(parents.count))
        return Int32(parents.count - 1)
    }

    mutating func root(of element: Int32) -> Int32 {
        var element = element
        while parents[Int(element)] != element {
            parents[Int(element)] = parents[Int(parents[Int(element)])]
            element = parents[Int(element)]
        }
        return element
    }

    mutating func join(_ one: Int32, _ other: Int32) {
        let one = root(of: one), other = root(of: other)
        parents[Int(max(one, other))] = min(one, other)
    }

    var count: Int { parents.count }
}
