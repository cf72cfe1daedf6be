/// Names of columns where no name may stand twice or be empty.
enum ColumnNames {
    /// Later ones get a number: `Phone`, `Phone_2`; empty ones are called by their place: `column_3`.
    static func distinct(_ names: [String]) -> [String] {
        var taken: Set<String> = []
        return names.enumerated().map { index, name in
            let base = name.isEmpty ? "column_\(index + 1)" : name
            var candidate = base
            var number = 1
            while !taken.insert(candidate).inserted {
                number += 1
                candidate = "\(base)_\(number)"
            }
            return candidate
        }
    }
}
