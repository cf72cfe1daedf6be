import Foundation
@testable import Ledger
import Testing

@Suite struct HintFilterTests {
    private func filter(_ hints: some Collection<String>) -> HintFilter {
        var filter = HintFilter(hints: hints.count)
        for hint in hints { filter.insert(HintFilter.mark(hint)) }
        return filter
    }

    @Test(arguments: [0, 1, 5, 1000, 50_000])
    func whoIsThereAlwaysPassesAndFewOthersDo(_ count: Int) throws {
        let hints = (0..<count).map { "email:p\($0)@acme.example" }
        let made = filter(hints)
        let read = try #require(HintFilter(made.data))
        for filter in [made, read] {
            #expect(hints.allSatisfy { filter.mayHold(HintFilter.mark($0)) })
            let strangers = (0..<10_000).count { filter.mayHold(HintFilter.mark("email:q\($0)@acme.example")) }
            #expect(strangers < 600, "\(strangers)")
        }
    }

    @Test func whatIsNoFilterIsNone() {
        #expect(HintFilter(Data()) == nil)
        #expect(HintFilter(Data([1, 2, 3])) == nil)
    }
}
