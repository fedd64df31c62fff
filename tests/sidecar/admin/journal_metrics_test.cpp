#include <chrono>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "sidecar/admin/commons_metrics.hpp"

namespace mlgateway::admin {
namespace {

using namespace std::chrono_literals;

std::map<std::string, double> told(const limits::Journal::Numbers& numbers) {
  std::vector<prometheus::MetricFamily> families;
  append_journal(families, numbers);
  std::map<std::string, double> values;
  for (const auto& family : families) {
    for (const auto& metric : family.metric) values[family.name] = metric.counter.value + metric.gauge.value;
  }
  return values;
}

TEST(JournalMetrics, TellHowTheJournalFares) {
  EXPECT_EQ(told({.restored = 3, .torn_bytes = 4, .write_errors = 5, .bytes = 6, .last_write = WallTime{1500ms}}),
            (std::map<std::string, double>{{"mlgateway_quota_journal_restored_records", 3},
                                           {"mlgateway_quota_journal_torn_bytes", 4},
                                           {"mlgateway_quota_journal_write_errors_total", 5},
                                           {"mlgateway_quota_journal_bytes", 6},
                                           {"mlgateway_quota_journal_last_write_timestamp_seconds", 1.5}}));
}

TEST(JournalMetrics, TellNoTimeOfAWriteThatNeverWas) {
  EXPECT_EQ(told({.last_write = std::nullopt}).count("mlgateway_quota_journal_last_write_timestamp_seconds"), 0u);
}

}  // namespace
}  // namespace mlgateway::admin
