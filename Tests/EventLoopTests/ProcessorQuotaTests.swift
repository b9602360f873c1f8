import Testing

@testable import EventLoop

@Suite struct ProcessorQuotaTests {
  @Test(
    arguments: [
      ("max 100000\n", nil), ("max", nil), ("200000 100000\n", 2), ("150000 100000", 1.5),
      ("50000 100000", 0.5),
      ("50000", 0.5), ("200000 50000", 4), ("-1 100000", nil), ("0 100000", nil), ("100000 0", nil),
      ("", nil),
      ("\n", nil), ("a b", nil), ("1 b", nil), ("99999999999999999999 1", nil),
    ] as [(String, Double?)])
  func `A quota is processor time in a period`(text: String, processors: Double?) {
    #expect(ProcessorQuota.parse(text) == processors)
  }

  @Test(
    arguments: [
      (8, nil, 8), (8, 2, 2), (8, 1.5, 2), (8, 0.1, 1), (8, 7.5, 8), (2, 4, 2), (1, nil, 1), (0, nil, 1),
      (0, 0.5, 1),
    ] as [(Int, Double?, Int)])
  func `There are threads for all processors that may be used`(usable: Int, quota: Double?, threads: Int) {
    #expect(ProcessorQuota.threads(usable: usable, quota: quota) == threads)
  }

  @Test(
    arguments: [
      ("0::/\n", ["/sys/fs/cgroup"]),
      ("0::/a/b c\n", ["/sys/fs/cgroup/a/b c", "/sys/fs/cgroup/a", "/sys/fs/cgroup"]),
      (
        "3:cpu,cpuacct:/docker/x:y\n2:memory:/m\n1:cpuset:/s\n",
        [
          "/sys/fs/cgroup/cpu,cpuacct/docker/x:y", "/sys/fs/cgroup/cpu,cpuacct/docker",
          "/sys/fs/cgroup/cpu,cpuacct",
        ]
      ),
      ("", []), ("nonsense", []),
    ] as [(String, [String])])
  func `A group is in groups, each with a quota of its own`(text: String, folders: [String]) {
    #expect(ProcessorQuota.folders(text) == folders)
  }
}
