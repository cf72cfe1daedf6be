extension String {
    /// The folder that a path names a file in; empty where that is the current one.
    ///
    /// Foundation's own way to find it ends the program for names of a single letter.
    package var folderOfPath: String {
        guard let slash = lastIndex(of: "/") else { return "" }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
