import Records

/// Counts the elements of a sample and says which one is the record.
///
/// A record is the element nearest to the root that repeats beside others of its name and has values of its own in it;
/// where an element around it has two values or more, that one is the record.
final class XMLCensus: MarkupHandler {
    private final class Element {
        let name: String
        /// Not kept alive from below, or nothing of a sample would ever be freed.
        private(set) weak var parent: Element?
        var children: [String: Element] = [:]
        var order: [Element] = []
        var count = 0
        /// Most that stood in one parent.
        var mostBeside = 0
        var beside = 0
        var hasText = false
        var hasAttributes = false

        init(_ name: String, in parent: Element?) {
            self.name = name
            self.parent = parent
        }

        var isLeaf: Bool { order.isEmpty }
        var leaves: Int { order.count { $0.isLeaf } }
        var isStructured: Bool { !order.isEmpty || hasAttributes }
        var path: [String] { (parent.map { $0.parent == nil ? [] : $0.path } ?? []) + [name] }
    }

    private let document = Element("", in: nil)
    private var current: Element

    init() { current = document }

    func start(_ name: UnsafeRawBufferPointer, _ attributes: MarkupAttributes) {
        let name = String(decoding: name, as: UTF8.self)
        let element: Element
        if let known = current.children[name] {
            element = known
        } else {
            element = Element(name, in: current)
            current.children[name] = element
            current.order.append(element)
        }
        for child in element.order { child.beside = 0 }
        element.count += 1
        element.beside += 1
        element.mostBeside = max(element.mostBeside, element.beside)
        attributes.forEach { _, _ in element.hasAttributes = true }
        current = element
    }

    func text(_ text: UnsafeRawBufferPointer) {
        if !current.hasText { current.hasText = text.contains { $0 > 32 } }
    }

    func end() { current = current.parent ?? current }

    /// Names on the way from the root to a record, the root's first; nil where there is no element at all.
    var record: [String]? {
        guard let root = document.order.first else { return nil }
        let levels = Array(
            sequence(first: [root]) { level in
                let next = level.flatMap(\.order)
                return next.isEmpty ? nil : next
            })
        let below = levels.dropFirst()
        for level in below {
            let repeated = level.filter { $0.mostBeside > 1 && $0.isStructured }
            guard let most = repeated.max(by: { $0.count < $1.count }) else { continue }
            return Self.outermost(most).path
        }
        // A single record: the element nearest to the root with values in it.
        if let only = below.joined().first(where: { $0.leaves > 1 }) { return only.path }
        if root.leaves > 0, root.order.allSatisfy({ $0.mostBeside == 1 }) { return root.path }
        return (below.joined().first { $0.mostBeside > 1 } ?? below.joined().first ?? root).path
    }

    private static func outermost(_ element: Element) -> Element {
        var found = element
        var around = element.parent
        while let candidate = around, candidate.parent?.parent != nil {
            if candidate.leaves > 1 { found = candidate }
            around = candidate.parent
        }
        return found
    }
}
