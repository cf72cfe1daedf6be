import GRDB

/// The keys that one transaction asks for and adds: whom they lead to, each looked up once and in order.
struct AliasBatch {
    private let table: AliasTable
    /// Each key once, ascending; of two that share their first half, the one that came first.
    private var keys: [AliasHash] = []
    /// Where each key that was given stands among ``keys``.
    private var places: [Int]
    /// Whom ``keys`` lead to; 0 is nobody.
    private var owners: [Int64] = []
    private var isAdded: [Bool]
    /// Keys that nobody could give before somebody else was found.
    private var late: [AliasHash: Int64] = [:]

    /// - Parameters:
    ///   - asked: keys to look up.
    ///   - others: keys that may be added, and are taken to lead to nobody.
    init(_ table: AliasTable, asked: [AliasHash], others: [AliasHash]) throws {
        self.table = table
        let given = asked + others
        places = Array(repeating: 0, count: given.count)
        var order = given.indices.map { (key: given[$0].key, index: $0) }
        order.sort { ($0.key, $0.index) < ($1.key, $1.index) }
        keys.reserveCapacity(given.count)
        var isAsked: [Bool] = []
        var firstOfKey = 0
        for (key, index) in order {
            if keys.last?.key != key { firstOfKey = keys.count }
            if let place = keys[firstOfKey...].firstIndex(of: given[index]) {
                places[index] = place
                continue
            }
            places[index] = keys.count
            keys.append(given[index])
            isAsked.append(index < asked.count)
        }
        isAdded = Array(repeating: false, count: keys.count)
        owners = Array(repeating: 0, count: keys.count)
        let open = keys.indices.filter { isAsked[$0] }
        for (place, owner) in zip(open, try table.owners(of: open.map { keys[$0] })) { owners[place] = owner }
    }

    /// Whom a key leads to.
    ///
    /// - Parameter index: of the key among those that were given, the asked ones first.
    func owner(_ index: Int) -> Int64? {
        let owner = owners[places[index]]
        return owner == 0 ? nil : owner
    }

    /// Whom a key leads to that was not given.
    func owner(of hash: AliasHash) throws -> Int64? {
        if let owner = late[hash] { return owner }
        let owner = try table.owners(of: [hash])[0]
        return owner == 0 ? nil : owner
    }

    /// Adds a key, unless it leads to somebody already.
    mutating func add(_ index: Int, _ identity: Int64) {
        let place = places[index]
        guard owners[place] == 0 else { return }
        owners[place] = identity
        isAdded[place] = true
    }

    mutating func add(_ hash: AliasHash, _ identity: Int64) { late[hash] = late[hash] ?? identity }

    /// Writes what was added.
    func write() throws {
        let added = keys.indices.filter { isAdded[$0] }.map { (hash: keys[$0], identity: owners[$0]) }
        guard !added.isEmpty || !late.isEmpty else { return }
        try table.add(added)
        try table.add(late.sorted { $0.value < $1.value }.map { (hash: $0.key, identity: $0.value) })
    }
}
