/// What the service allows one workspace, in any sliding window.
package struct ServiceLimits: Sendable, Equatable {
    /// Records in a bulk call.
    package var chunk = Endpoint.bulkLimit
    package var bulkPerMinute = 20
    /// Single, discover and account calls together.
    package var singlePerMinute = 100
    package var perDay = 10_000
    /// How long "a minute" is; shorter in tests and rehearsals.
    package var minute = Duration.seconds(60)
    package var day = Duration.seconds(86_400)

    package init() {}
}
