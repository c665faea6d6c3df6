/// Fits a plan to what this process may use, before anything is sent.
public enum ResourceCheck {
    /// Descriptors kept free for files, threads and the libraries.
    private static let reserve = 12

    /// `plan` with as many probes in flight as descriptors allow.
    ///
    /// The soft limit of descriptors is raised to the hard one first. When `isExact`, the plan's own
    /// number is what the user asked for, and it is an error when it cannot be had.
    ///
    /// - Throws: ``ScanError`` when too few descriptors may be open.
    public static func fit(_ plan: ScanPlan, isExact: Bool) throws(ScanError) -> ScanPlan {
        let limit = DescriptorLimit.raise()
        let possible = limit - DescriptorLimit.openCount() - reserve - plan.workers
        guard possible >= 1 else { throw .tooFewDescriptors(limit: limit) }
        if isExact, possible < plan.inFlight {
            throw .tooManyInFlight(plan.inFlight, limit: limit, possible: possible)
        }
        var fitted = plan
        fitted.inFlight = min(plan.inFlight, possible)
        fitted.workers = min(plan.workers, fitted.inFlight)
        return fitted
    }
}
