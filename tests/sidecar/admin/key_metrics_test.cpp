#include "sidecar/admin/key_metrics.hpp"

#include <chrono>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace mlgateway::admin {
namespace {

using namespace std::chrono_literals;

const Instant kNow{1000h};

jwks::Numbers numbers(std::string url, std::uint64_t fetched, std::size_t keys, std::optional<Instant> last) {
  return {.issuer = "https://id.example/",
          .url = std::move(url),
          .fetched = fetched,
          .failed = 1,
          .keys = keys,
          .last_fetched = last,
          .error = ""};
}

// `family url result` -> value; the labels come in this order.
std::map<std::string, double> told(const std::vector<jwks::Numbers>& all) {
  std::vector<prometheus::MetricFamily> families;
  append_keys(families, all, kNow);
  std::map<std::string, double> values;
  for (const auto& family : families) {
    for (const auto& metric : family.metric) {
      std::string name = family.name;
      for (const auto& label : metric.label) name += label.name == "issuer" ? "" : " " + label.value;
      EXPECT_TRUE(values.emplace(name, metric.counter.value + metric.gauge.value).second) << name << " is there twice";
    }
  }
  return values;
}

TEST(KeyMetrics, TellOfEachAddress) {
  EXPECT_EQ(told({numbers("a", 3, 2, kNow - 7s), numbers("b", 0, 0, std::nullopt)}),
            (std::map<std::string, double>{{"mlgateway_key_fetches_total a success", 3},
                                           {"mlgateway_key_fetches_total a error", 1},
                                           {"mlgateway_key_fetches_total b success", 0},
                                           {"mlgateway_key_fetches_total b error", 1},
                                           {"mlgateway_key_set_keys a", 2},
                                           {"mlgateway_key_set_keys b", 0},
                                           {"mlgateway_key_set_age_seconds a", 7}}));
}

// One series twice would make Prometheus refuse all of them.
TEST(KeyMetrics, TellTheWorstOfAnAddressThatIsAskedInTwoWays) {
  EXPECT_EQ(told({numbers("a", 3, 2, kNow - 7s), numbers("a", 4, 1, kNow - 9s)}),
            (std::map<std::string, double>{{"mlgateway_key_fetches_total a success", 7},
                                           {"mlgateway_key_fetches_total a error", 2},
                                           {"mlgateway_key_set_keys a", 1},
                                           {"mlgateway_key_set_age_seconds a", 9}}));
  EXPECT_EQ(told({numbers("a", 3, 2, kNow), numbers("a", 0, 0, std::nullopt)}).count("mlgateway_key_set_age_seconds a"),
            0u);
}

TEST(KeyMetrics, AreNotThereWhenNothingIsFetched) { EXPECT_TRUE(told({}).empty()); }

}  // namespace
}  // namespace mlgateway::admin
