import GRDB
@testable import Ledger
import TestSupport
import Testing

/// One after the other, since each opens a ledger, and a process with very many open files cannot start others.
@Suite(.serialized) struct AliasLogTests {
    let folder: TemporaryFolder
    let database: DatabasePool

    init() throws {
        folder = try TemporaryFolder()
        database = try Ledger(path: folder.file("ledger.sqlite")).database
    }

    private func hash(_ number: Int) -> AliasHash {
        AliasHash(key: Int64(number &* 7_919 % 1_000), check: Int64(number))
    }

    private func append(_ numbers: Range<Int>, _ log: AliasLog) throws {
        try database.write { database in
            try AliasTable(database, log).add(numbers.map { (hash($0), Int64($0 + 1)) })
        }
    }

    private func owners(of numbers: Range<Int>, _ log: AliasLog) throws -> [Int64] {
        try database.read { try AliasTable($0, log).owners(of: numbers.map(hash)) }
    }

    private func count(_ table: String) throws -> Int {
        try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    @Test func keysThatAnotherProcessAppendsAreFound() throws {
        let (one, other) = (AliasLog(), AliasLog())
        try append(0..<3, one)
        #expect(try owners(of: 0..<4, other) == [1, 2, 3, 0])
        try append(3..<5, other)
        #expect(try owners(of: 0..<6, one) == [1, 2, 3, 4, 5, 0])
    }

    @Test func keysThatAnotherProcessTakesInAreFound() throws {
        let (one, other) = (AliasLog(), AliasLog())
        try append(0..<3, one)
        #expect(try owners(of: 0..<3, one) == [1, 2, 3])
        try database.write { try other.takeIn($0) }
        #expect(try count("alias_log") == 0)
        try append(3..<5, other)
        #expect(try owners(of: 0..<6, one) == [1, 2, 3, 4, 5, 0])
    }

    @Test func aReaderFromBeforeKeysWereTakenInFindsThem() throws {
        let log = AliasLog()
        try append(0..<3, log)
        let before = try database.makeSnapshot()
        try database.write { try log.takeIn($0) }
        try append(3..<5, log)
        #expect(try owners(of: 0..<5, log) == [1, 2, 3, 4, 5])
        #expect(try before.read { try AliasTable($0, log).owners(of: (0..<5).map(hash)) } == [1, 2, 3, 0, 0])
        #expect(try owners(of: 0..<5, log) == [1, 2, 3, 4, 5])
    }

    @Test func aReaderDoesNotFindWhatWasAppendedAfterIt() throws {
        let log = AliasLog()
        try append(0..<3, log)
        let before = try database.makeSnapshot()
        try append(3..<5, log)
        #expect(try owners(of: 0..<5, log) == [1, 2, 3, 4, 5])
        #expect(try before.read { try AliasTable($0, log).owners(of: (0..<5).map(hash)) } == [1, 2, 3, 0, 0])
    }

    @Test func keysThatComeAgainAreTakenInToo() throws {
        let log = AliasLog(most: 100)
        for _ in 0..<10 { try append(0..<10, log) }
        try database.write { try log.takeInIfMany($0) }
        #expect(try count("alias_log") == 0)
        #expect(try count("alias") == 10)
    }

    @Test func whatWasNeverCommittedIsNotFound() throws {
        let log = AliasLog()
        struct GivenUp: Error {}
        #expect(throws: GivenUp.self) {
            try database.write { database in
                try AliasTable(database, log).add([(hash(1), 7)])
                throw GivenUp()
            }
        }
        #expect(throws: GivenUp.self) {
            try append(0..<1, log)
            try database.write { database in
                try log.takeIn(database)
                throw GivenUp()
            }
        }
        #expect(try owners(of: 0..<2, log) == [1, 0])
    }

    @Test func ofTwoHintsThatShareTheirFirstHalfTheFirstIsFound() throws {
        let log = AliasLog()
        try append(1..<2, log)
        try append(1_001..<1_002, log)
        for _ in 0..<2 {
            #expect(try owners(of: 1..<2, log) == [2])
            #expect(try owners(of: 1_001..<1_002, log) == [0])
            try database.write { try log.takeIn($0) }
        }
    }

    @Test func keysAreTakenInOnceTheyAreMany() throws {
        let log = AliasLog(most: 100)
        try append(0..<99, log)
        try database.write { try log.takeInIfMany($0) }
        #expect(try count("alias") == 0)
        try append(99..<100, log)
        try database.write { try log.takeInIfMany($0) }
        #expect(try count("alias") == 100)
        #expect(try count("alias_log") == 0)
        #expect(try owners(of: 0..<101, log) == Array(1...100) + [0])
    }

    /// Three processes append, take in and look up in any order, and none of them ever finds anything else than what is
    /// there.
    @Test(arguments: 0..<10) func inAnyOrderKeysLeadToTheirOwners(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let logs = (0..<3).map { _ in AliasLog(most: 40) }
        var next = 0
        for _ in 0..<60 {
            let log = logs[Int.random(in: 0..<logs.count, using: &random)]
            switch Int.random(in: 0..<5, using: &random) {
            case 0...1:
                let count = Int.random(in: 1..<12, using: &random)
                try append(next..<(next + count), log)
                next += count
            case 2: try database.write { try log.takeIn($0) }
            case 3: try database.write { try log.takeInIfMany($0) }
            default: #expect(try owners(of: 0..<(next + 1), log) == (0..<next).map { Int64($0 + 1) } + [0])
            }
        }
        #expect(try count("alias") + count("alias_log") == next)
    }
}
