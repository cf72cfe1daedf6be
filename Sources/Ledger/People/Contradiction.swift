/// Whether two rows that share a hint are two people all the same.
///
/// They are where both name somebody, and both the name and the company differ: a profile pasted into the wrong row must
/// not hand one person's phone number to another. A name alone may change, and so may a company.
enum Contradiction {
    static func holds(name: String, domain: String, against otherName: String, _ otherDomain: String) -> Bool {
        !name.isEmpty && !domain.isEmpty && !otherName.isEmpty && !otherDomain.isEmpty && name != otherName
            && domain != otherDomain
    }
}
