import Synchronization
import Testing
@testable import Connect

@Suite struct SideBySideTests {
    @Test(arguments: [1, 3, 16], [0, 1, 2, 3, 40])
    func everyElementIsWorkedOnOnceInItsPlaceAndNoMoreThanTheWidthAtOnce(_ width: Int, _ count: Int) async {
        let seen = Mutex((worked: [Int](), inTheAir: 0, most: 0))
        let values = await Array(0..<count).mapSideBySide(width: width) { element in
            seen.withLock { seen in
                seen.worked.append(element)
                seen.inTheAir += 1
                seen.most = max(seen.most, seen.inTheAir)
            }
            // Nobody ends before as many are in the air as may be, and whoever came first does not end first.
            for _ in 0..<10_000 where seen.withLock({ $0.most }) < min(width, count) { await Task.yield() }
            for _ in 0..<(count - element) { await Task.yield() }
            seen.withLock { $0.inTheAir -= 1 }
            return element * 2
        }
        let (worked, _, most) = seen.withLock { $0 }
        #expect(values == (0..<count).map { $0 * 2 })
        #expect(worked.sorted() == Array(0..<count) && most == min(width, count))
    }
}
