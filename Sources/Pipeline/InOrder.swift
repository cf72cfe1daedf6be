/// Works on several elements at once and hands on the results in the order of the elements.
///
/// Pull: an element is taken only when there is room for it, so at most `width` elements are held. Where no further one
/// can be had, those before it are finished first, and then the error is thrown; a ``RunStop`` at once.
/// - Parameters:
///   - next: the next element, or nil at the end.
///   - whenFull: called with the oldest element when there is no more room and its result is waited for, or when no
///     more elements will come.
///   - take: called with one result after the other.
func inOrder<Element: Sendable, Result: Sendable>(
    width: Int,
    next: () async throws -> Element?,
    whenFull: (Element) -> Void = { _ in },
    transform: @escaping @Sendable (Element) async throws -> Result,
    take: (Result) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var waiting: [Int: Element] = [:]
        var finished: [Int: Result] = [:]
        var started = 0
        var taken = 0
        var isAtEnd = false
        var failure: (any Error)?
        while true {
            while !isAtEnd, started - taken < width {
                var element: Element?
                do {
                    element = try await next()
                } catch let stop as RunStop {
                    throw stop
                } catch {
                    failure = error
                }
                guard let element else {
                    isAtEnd = true
                    break
                }
                let number = started
                started += 1
                waiting[number] = element
                group.addTask { (number, try await transform(element)) }
            }
            guard taken < started else {
                if let failure { throw failure }
                return
            }
            if finished[taken] == nil, let oldest = waiting[taken] { whenFull(oldest) }
            while finished[taken] == nil, let (number, result) = try await group.next() {
                finished[number] = result
                waiting[number] = nil
            }
            guard let result = finished.removeValue(forKey: taken) else { return }
            taken += 1
            try await take(result)
        }
    }
}
