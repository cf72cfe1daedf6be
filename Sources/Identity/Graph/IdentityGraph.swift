/// Which rows of a whole input are the same person: rows that share a hint, or share one with a row that does.
///
/// The order of rows does not matter, which is why all of them are looked at before any is asked for. A hint that stands in
/// rows which contradict each other — both the name and the company differ — joins nobody: a profile pasted into the wrong row must not make
/// two persons one.
///
/// Hints are kept as 64-bit hashes with a secret of the process; two different ones meet with a probability of 1 in ten
/// million for two million of them. A hint takes some 50 bytes, so a million of them take 50 MB, and only while the graph
/// is being built.
package struct IdentityGraph: Sendable {
    /// A row as far as the graph looks at it.
    package struct Row: Sendable {
        /// ``hash(_:)`` of every text under which the person can be found again.
        package var aliases: [UInt64]
        /// ``hash(_:)`` of the folded name and of the company's domain; 0 where there is none.
        package var name: UInt64
        package var domain: UInt64
        /// What the row wants, as bits, for the group to want all of it.
        package var wanted: UInt8
        package var isSuppressed: Bool

        package init(
            aliases: [UInt64], name: UInt64 = 0, domain: UInt64 = 0, wanted: UInt8 = 0, isSuppressed: Bool = false
        ) {
            self.aliases = aliases
            self.name = name
            self.domain = domain
            self.wanted = wanted
            self.isSuppressed = isSuppressed
        }
    }

    /// Whose names a hint was seen with, in 32 bits each.
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

    /// A contested hint in the rows of one bearer.
    private struct Apart: Hashable {
        var node: Int32
        var name: UInt32
        var domain: UInt32
    }

    private var nodes: [UInt64: Int32] = [:]
    private var bearers: [Bearers] = []
    private var rowsOfNode: [Int32] = []
    /// The nodes of each row, one row after the other.
    private var edges: [Int32] = []
    private var ends: [Int32] = []
    /// For each row the name and the domain, 0 where there is none.
    private var names: [(name: UInt32, domain: UInt32)] = []
    private var marks: [IdentityGroups.Mark] = []

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

    /// Adds the next row.
    package mutating func add(_ row: Row) {
        let name = UInt32(truncatingIfNeeded: row.name), domain = UInt32(truncatingIfNeeded: row.domain)
        for alias in row.aliases {
            let node = nodes[alias] ?? addNode(alias)
            bearers[Int(node)].add(name, domain)
            rowsOfNode[Int(node)] += 1
            edges.append(node)
        }
        ends.append(Int32(edges.count))
        names.append((name, domain))
        marks.append(IdentityGroups.Mark(wanted: row.wanted, isSuppressed: row.isSuppressed))
    }

    private mutating func addNode(_ alias: UInt64) -> Int32 {
        let node = Int32(bearers.count)
        nodes[alias] = node
        bearers.append(Bearers())
        rowsOfNode.append(0)
        return node
    }

    /// Joins the rows, once all of them are in.
    package mutating func groups() -> IdentityGroups {
        var (sets, nodeOfRow) = joined()
        if contestContradictions(&sets, nodeOfRow) { (sets, nodeOfRow) = joined() }
        return IdentityGroups(
            nodeOfRow: nodeOfRow, sets: &sets, marks: marks,
            shared: hashes { rowsOfNode[$0] > 1 }, contested: hashes { bearers[$0].isContested })
    }

    /// Puts all rows together that share an uncontested hint.
    private func joined() -> (DisjointSets, nodeOfRow: [Int32]) {
        var sets = DisjointSets(bearers.count)
        /// Under contested hints each bearer is a person of its own.
        var apart: [Apart: Int32] = [:]
        var nodeOfRow = [Int32](repeating: -1, count: ends.count)
        for row in ends.indices {
            let own = nodes(of: row)
            var joining = own.filter { !bearers[Int($0)].isContested }
            if joining.isEmpty {
                joining = own.map { node in
                    guard names[row].name != 0, names[row].domain != 0 else { return node }
                    let key = Apart(node: node, name: names[row].name, domain: names[row].domain)
                    let own = apart[key] ?? sets.add()
                    apart[key] = own
                    return own
                }
            }
            guard let first = joining.first else { continue }
            for other in joining.dropFirst() { sets.join(first, other) }
            nodeOfRow[row] = first
        }
        return (sets, nodeOfRow)
    }

    /// Contests every hint of a group in which rows contradict each other by way of others, so that it falls apart.
    ///
    /// - Returns: whether there was such a group.
    private mutating func contestContradictions(_ sets: inout DisjointSets, _ nodeOfRow: [Int32]) -> Bool {
        var people = [Bearers](repeating: Bearers(), count: sets.count)
        for row in ends.indices where nodeOfRow[row] >= 0 {
            people[Int(sets.root(of: nodeOfRow[row]))].add(names[row].name, names[row].domain)
        }
        guard people.contains(where: \.isContested) else { return false }
        for row in ends.indices
        where nodeOfRow[row] >= 0 && people[Int(sets.root(of: nodeOfRow[row]))].isContested {
            for node in nodes(of: row) { bearers[Int(node)].isContested = true }
        }
        return true
    }

    private func nodes(of row: Int) -> ArraySlice<Int32> {
        edges[(row == 0 ? 0 : Int(ends[row - 1]))..<Int(ends[row])]
    }

    private func hashes(_ isWanted: (Int) -> Bool) -> Set<UInt64> {
        var hashes: Set<UInt64> = []
        for (hash, node) in nodes where isWanted(Int(node)) { hashes.insert(hash) }
        return hashes
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
