import Glibc

/// How many descriptors this process may have open.
package enum DescriptorLimit {
    /// Raises the limit as far as an unprivileged process may, and gives it.
    ///
    /// Shells and containers often start with 1,024, far below what they would allow.
    package static func raised() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1_024 }
        if limit.rlim_cur < limit.rlim_max {
            var wanted = limit
            wanted.rlim_cur = limit.rlim_max
            if unsafe setrlimit(resource, &wanted) == 0 { limit = wanted }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
