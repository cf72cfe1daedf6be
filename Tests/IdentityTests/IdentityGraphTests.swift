import Identity
import TestSupport
import Testing

@Suite struct IdentityGraphTests {
    /// A row in words.
    struct Lead: Hashable {
        var aliases: [String]
        var name = ""
        var domain = ""
        var isSuppressed = false

        init(_ aliases: String..., of name: String = "", at domain: String = "", isSuppressed: Bool = false) {
            self.init(aliases: aliases, name: name, domain: domain, isSuppressed: isSuppressed)
        }

        init(aliases: [String], name: String, domain: String, isSuppressed: Bool = false) {
            self.aliases = aliases
            self.name = name
            self.domain = domain
            self.isSuppressed = isSuppressed
        }
    }

    static func groups(_ leads: [Lead]) -> IdentityGroups {
        var graph = IdentityGraph()
        var marks = RowMarks()
        var parts: [[HintRecord]] = [[], [], []]
        for (index, lead) in leads.enumerated() {
            let row = IdentityGraph.Row(
                aliases: lead.aliases.map(IdentityGraph.hash),
                name: lead.name.isEmpty ? 0 : IdentityGraph.hash(lead.name),
                domain: lead.domain.isEmpty ? 0 : IdentityGraph.hash(lead.domain))
            marks.append(wanted: 0, isSuppressed: lead.isSuppressed)
            // In parts, as a large input is.
            var records: [HintRecord] = []
            HintRecord.append(row, number: index + 1, to: &records)
            for record in records {
                parts[Int(record.hash % 3)].append(record)
            }
        }
        for part in parts.indices { graph.add(SharedHints(parts[part])) }
        return graph.groups(marks)
    }

    /// The number of each row's group; a row that is alone is a group of its own.
    static func numbers(_ leads: [Lead]) -> [Int] {
        let groups = groups(leads)
        return leads.indices.map { groups.group(of: $0 + 1) ?? $0 + 1 }
    }

    @Test func rowsThatShareAHintAreOnePersonAlsoByWayOfOthers() {
        #expect(
            Self.numbers([Lead("e1"), Lead("l1"), Lead("e2"), Lead("e1", "l1"), Lead("l1", "e3"), Lead("e3")]) == [
                1, 1, 3, 1, 1, 1,
            ])
    }

    @Test func rowsWithoutHintsAreAlone() {
        #expect(Self.numbers([Lead(), Lead(), Lead("e1")]) == [1, 2, 3])
        #expect(Self.groups([Lead(), Lead()]).group(of: 1) == nil)
        #expect(IdentityGroups().group(of: 7) == nil)
    }

    @Test func aHintThatContradictingRowsShareJoinsNobody() {
        let leads = [
            Lead("l1", of: "zelda", at: "acme"), Lead("l1", "e2", of: "hank", at: "umbrella"),
            Lead("e2", of: "hank", at: "umbrella"),
            Lead("l1"), Lead("l1"),
        ]
        #expect(Self.numbers(leads) == [1, 2, 2, 4, 4])
        #expect(Self.groups(leads).isContested("l1", row: 1) && !Self.groups(leads).isContested("e2", row: 2))
    }

    @Test func aNewNameOrANewCompanyIsNoContradiction() {
        #expect(
            Self.numbers([Lead("l1", of: "zelda quux", at: "acme"), Lead("l1", of: "zelda smith", at: "acme")]) == [
                1, 1,
            ])
        #expect(
            Self.numbers([Lead("l1", of: "zelda", at: "acme"), Lead("l1", of: "zelda", at: "umbrella")]) == [1, 1])
    }

    @Test func peopleWhoAreJoinedOnlyByWayOfAThirdRowAreKeptApartWhereTheyContradict() {
        let leads = [
            Lead("e1", "l1", of: "zelda", at: "acme"), Lead("l1", "e2"), Lead("e2", of: "hank", at: "umbrella"),
            Lead("e2", of: "hank", at: "umbrella"),
        ]
        #expect(Self.numbers(leads) == [1, 2, 3, 3])
    }

    @Test func oneSuppressedHintSuppressesThePersonInAllRows() {
        let groups = Self.groups([Lead("e1"), Lead("e1", "l1"), Lead("l1", isSuppressed: true), Lead("e2")])
        #expect((1...4).map(groups.isSuppressed) == [true, true, true, false])
    }

    /// Rows in any order fall into the same groups.
    @Test func theOrderOfRowsDoesNotMatter() {
        var random = SeededRandom(17)
        for _ in 0..<500 {
            let leads = (0..<Int.random(in: 2...14, using: &random)).map { row in
                Lead(
                    aliases: (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        "a\(Int.random(in: 0...6, using: &random))"
                    },
                    name: ["", "zelda", "hank", "ida"].randomElement(using: &random) ?? "",
                    domain: ["", "acme", "umbrella"].randomElement(using: &random) ?? "")
            }
            let order = Array(leads.indices).shuffled(using: &random)
            let shuffled = Self.numbers(order.map { leads[$0] })
            let plain = Self.numbers(leads)
            for one in leads.indices {
                for other in leads.indices {
                    guard let place = order.firstIndex(of: one), let otherPlace = order.firstIndex(of: other) else {
                        continue
                    }
                    #expect((plain[one] == plain[other]) == (shuffled[place] == shuffled[otherPlace]), "\(leads)")
                }
            }
        }
    }

    /// Nobody in a group contradicts anybody else in it.
    @Test func noGroupHasTwoPeople() {
        var random = SeededRandom(23)
        for _ in 0..<500 {
            let leads = (0..<12).map { _ in
                Lead(
                    aliases: (0..<2).map { _ in "a\(Int.random(in: 0...5, using: &random))" },
                    name: ["zelda", "hank", ""].randomElement(using: &random) ?? "",
                    domain: ["acme", "umbrella", ""].randomElement(using: &random) ?? "")
            }
            let numbers = Self.numbers(leads)
            for one in leads.indices {
                for other in leads.indices where numbers[one] == numbers[other] {
                    let (a, b) = (leads[one], leads[other])
                    let contradict =
                        !a.name.isEmpty && !b.name.isEmpty && !a.domain.isEmpty && !b.domain.isEmpty && a.name != b.name
                        && a.domain != b.domain
                    #expect(!contradict, "\(a) and \(b)")
                }
            }
        }
    }

    @Test func aMillionHintsAreJoinedWithinSeconds() {
        var graph = IdentityGraph()
        var records: [HintRecord] = []
        let start = ContinuousClock.now
        for row in 0..<500_000 {
            let person = row % 2 == 0 ? row : row - 1
            let aliases = [UInt64(person) &* 0x9E37_79B9_7F4A_7C15 | 1, UInt64(row) &* 0xD6E8_FEB8_6659_FD93 &+ 2]
            HintRecord.append(IdentityGraph.Row(aliases: aliases), number: row + 1, to: &records)
        }
        graph.add(SharedHints(records))
        let groups = graph.groups(RowMarks())
        #expect(groups.group(of: 2) == 1 && groups.group(of: 499_999) == 499_999)
        #expect(ContinuousClock.now - start < .seconds(60))
    }
}
