import Foundation
import Synchronization

/// Shows on standard error how far a run is: a bar on a terminal, else lines, or JSON.
package final class ProgressMeter: RunWatcher {
    package enum Style: String, Sendable, CaseIterable {
        case auto, bar, json, off
        /// A line now and then, where there is no terminal.
        case lines
    }

    private struct State {
        var shownAt = 0.0
        var hasBar = false
    }

    private let state = Mutex(State())
    private let style: Style
    private let width: @Sendable () -> Int
    private let print: @Sendable (String) -> Void

    /// Seconds between two looks: often enough to be alive, rarely enough to be read.
    private var interval: Double {
        switch style {
        case .bar: 0.2
        case .json: 5
        default: 10
        }
    }

    /// - Parameters:
    ///   - width: of the terminal, asked for each time, since windows change.
    ///   - print: takes what is shown.
    package init(
        _ style: Style, width: @escaping @Sendable () -> Int = terminalWidth,
        print: @escaping @Sendable (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }
    ) {
        self.style = style == .auto ? (isatty(STDERR_FILENO) == 1 ? .bar : .lines) : style
        self.width = width
        self.print = print
    }

    package func saw(_ event: RunEvent, _ counts: RunCounts, now: Double) {
        guard style != .off else { return }
        let isStart = if case .began = event { true } else { false }
        let text: String? = state.withLock { state in
            // The first line comes after a while: a short run needs none.
            if isStart { state.shownAt = style == .bar ? 0 : now }
            guard isStart && style == .json || now - state.shownAt >= interval else { return nil }
            state.shownAt = now
            state.hasBar = style == .bar
            switch style {
            case .json: return ProgressText.json(counts, now: now) + "\n"
            // One write over what was there, so that nothing flickers.
            case .bar: return "\r" + ProgressText.bar(counts, now: now, width: max(20, width() - 1)) + "\u{1B}[K"
            default: return ProgressText.line(counts, now: now) + "\n"
            }
        }
        if let text { print(text) }
    }

    /// Takes the bar off the screen.
    package func finish() {
        let hadBar = state.withLock { state in
            defer { state.hasBar = false }
            return state.hasBar
        }
        if hadBar { print("\r\u{1B}[K") }
    }

    /// Of the terminal on standard error; 80 where that cannot be told.
    package static func terminalWidth() -> Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    package static func spelled(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return whole < 172_800
            ? "\(whole / 3600) h \(whole % 3600 / 60) min" : "\(whole / 86_400) days \(whole % 86_400 / 3600) h"
    }
}
