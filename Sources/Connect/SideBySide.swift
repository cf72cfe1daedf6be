extension Array where Element: Sendable {
    /// What comes of each element, in order; so many of them are worked on at once.
    ///
    /// As many tasks as may be in the air: a task an element would hold the whole list in memory at once, and a service's
    /// line is not long enough for all of them.
    ///
    /// - Parameter width: at least 1.
    package func mapSideBySide<Value: Sendable>(
        width: Int, _ transform: @escaping @Sendable (Element) async -> Value
    ) async -> [Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            var values = [Value?](repeating: nil, count: count)
            for index in indices {
                if index >= Swift.max(1, width), let (done, value) = await group.next() { values[done] = value }
                group.addTask { (index, await transform(self[index])) }
            }
            for await (done, value) in group { values[done] = value }
            return values.compactMap(\.self)
        }
    }
}
