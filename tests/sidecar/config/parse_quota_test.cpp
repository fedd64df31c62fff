// Cost, cache and quotas in the contract.
#include <string>

#include <gtest/gtest.h>

#include "sidecar/config/check.hpp"
#include "tests/sidecar/config/damage.hpp"

namespace mlgateway::config {
namespace {

using Json = nlohmann::json;

TEST(Contract, WritesCostCacheAndQuotasWithTheseNames) {
  const Json document = full_document();
  EXPECT_EQ(document.at("quotas")[0].at("tiers").dump(),
            R"([{"keyLabels":{"plan":"gold"},"limits":[)"
            R"({"name":"per-second","rate":{"amount":10000000,"burst":20000000,"perMs":1000},"unit":"Request"},)"
            R"({"budget":{"amount":250000,"windowMs":86400000},"name":"daily","unit":"Cost"}],)"
            R"("name":"gold","scope":"Tenant"},)"
            R"({"limits":[{"budget":{"amount":250000,"windowMs":86400000},"name":"daily","unit":"Cost"}],)"
            R"("name":"others","scope":"Tier"}])");
  EXPECT_EQ(document.at("quotas")[0].at("enforcement"), "DryRun");
  const Json& iris = document.at("routes")[0];
  EXPECT_EQ(iris.at("cost").dump(),
            R"({"cacheHitFactor":500000,"terms":[{"price":100000,"quantity":"Rows"},)"
            R"({"absent":1000000,"max":16000000,"pointer":"/parameters/beam~1width","price":500000,)"
            R"("quantity":"Pointer"},{"max":10000000000000000,"pointer":"/parameters/n","price":0,)"
            R"("quantity":"Pointer"}],"unit":"credits"})");
  EXPECT_EQ(iris.at("cache").dump(), R"({"maxBytes":67108864,"scope":"Tenant","ttlMs":600000})");
  EXPECT_EQ(iris.at("quotas").dump(), R"(["plans"])");
}

class ParseRefusesLimits : public testing::TestWithParam<Damage> {};

TEST_P(ParseRefusesLimits, WithThePathOfTheFault) {
  const Damage& damage = GetParam();
  EXPECT_EQ(fault(damaged(damage.pointer, damage.value)), damage.fault);
}

const std::string kUnlimited = "must have exactly one of rate and budget";
const std::string kNoLimit = "quotas[0].tiers[0].limits[0]: " + kUnlimited;
const std::string kTwoLimits = "quotas[0].tiers[0].limits[1]: " + kUnlimited;
const std::string kLabel63 = "must be a DNS-1035 label of at most 63 characters";
const std::string kTierName = "quotas[0].tiers[1].name: " + kLabel63;
const std::string kLimitName = "quotas[0].tiers[0].limits[1].name: " + kLabel63;
const std::string kManyLabels = R"({"1":"","2":"","3":"","4":"","5":"","6":"","7":"","8":"","9":""})";

INSTANTIATE_TEST_SUITE_P(
    ShapeOfQuotas, ParseRefusesLimits,
    testing::Values(
        Damage{"/quotas", "", "quotas: is missing"}, Damage{"/quotas/0", "1", "quotas[0]: must be an object"},
        Damage{"/quotas/0/claims", "[]", "quotas[0].claims: is not a field of the contract"},
        Damage{"/quotas/0/hash", "", "quotas[0].hash: is missing"},
        Damage{"/quotas/0/enforcement", "\"Off\"", "quotas[0].enforcement: must be one of Enforce, DryRun, is \"Off\""},
        Damage{"/quotas/0/tiers/0/priority", "1", "quotas[0].tiers[0].priority: is not a field of the contract"},
        Damage{"/quotas/0/tiers/0/scope", "\"Shared\"",
               "quotas[0].tiers[0].scope: must be one of Principal, Tenant, Tier, is \"Shared\""},
        Damage{"/quotas/0/tiers/0/keyLabels/plan", "1", "quotas[0].tiers[0].keyLabels.plan: must be a string"},
        Damage{"/quotas/0/tiers/0/limits/0/unit", "\"Bytes\"",
               "quotas[0].tiers[0].limits[0].unit: must be one of Request, Cost, is \"Bytes\""},
        Damage{"/quotas/0/tiers/0/limits/0/share", "1",
               "quotas[0].tiers[0].limits[0].share: is not a field of the contract"},
        Damage{"/quotas/0/tiers/0/limits/0/rate/amount", "0.5",
               "quotas[0].tiers[0].limits[0].rate.amount: must be an integer"},
        Damage{"/quotas/0/tiers/0/limits/0/rate/within", "1",
               "quotas[0].tiers[0].limits[0].rate.within: is not a field of the contract"},
        Damage{"/quotas/0/tiers/0/limits/1/budget/calendar", "1",
               "quotas[0].tiers[0].limits[1].budget.calendar: is not a field of the contract"}));

INSTANTIATE_TEST_SUITE_P(
    MeaningOfQuotas, ParseRefusesLimits,
    testing::Values(
        Damage{"/quotas/0/namespace", "\"\"", "quotas[0].namespace: must be 1 to 253 visible characters"},
        Damage{"/quotas/0/name", "\"Plans\"", "quotas[0].name: must be a DNS-1035 label of at most 40 characters"},
        Damage{"/quotas/0/generation", "-1", "quotas[0].generation: must not be negative"},
        Damage{"/quotas/0/hash", "\"a b\"", "quotas[0].hash: must be at most 128 visible characters"},
        Damage{"/quotas/0/tiers", "[]", "quotas[0].tiers: must be at least 1, is 0"},
        Damage{"/quotas/0/tiers/1/name", "\"\"", kTierName.c_str()},
        Damage{"/quotas/0/tiers/1/name", "\"gold\"", "quotas[0].tiers[1].name: another tier has this name"},
        Damage{"/quotas/0/tiers/0/keyLabels", "", "quotas[0].tiers[1]: at most one tier may be without keyLabels"},
        Damage{"/quotas/0/tiers/0/keyLabels", "{}", "quotas[0].tiers[0].keyLabels: must be at least 1, is 0"},
        Damage{"/quotas/0/tiers/0/keyLabels", kManyLabels.c_str(),
               "quotas[0].tiers[0].keyLabels: must be at most 8, is 9"},
        Damage{"/quotas/0/tiers/0/limits", "[]", "quotas[0].tiers[0].limits: must be at least 1, is 0"},
        Damage{"/quotas/0/tiers/0/limits/1/name", "\"a.b\"", kLimitName.c_str()},
        Damage{"/quotas/0/tiers/0/limits/1/name", "\"per-second\"",
               "quotas[0].tiers[0].limits[1].name: another limit has this name"},
        Damage{"/quotas/0/tiers/0/limits/0/rate", "", kNoLimit.c_str()},
        Damage{"/quotas/0/tiers/0/limits/1/rate", R"({"amount":1,"perMs":1,"burst":1})", kTwoLimits.c_str()},
        Damage{"/quotas/0/tiers/0/limits/0/rate/amount", "0",
               "quotas[0].tiers[0].limits[0].rate.amount: must be at least 1, is 0"},
        Damage{"/quotas/0/tiers/0/limits/0/rate/burst", "10000000000000001",
               "quotas[0].tiers[0].limits[0].rate.burst: must be at most 10000000000000000, is 10000000000000001"},
        Damage{"/quotas/0/tiers/0/limits/0/rate/perMs", "0",
               "quotas[0].tiers[0].limits[0].rate.perMs: must be at least 1, is 0"},
        Damage{"/quotas/0/tiers/0/limits/0/rate/perMs", "86400001",
               "quotas[0].tiers[0].limits[0].rate.perMs: must be at most 86400000, is 86400001"},
        Damage{"/quotas/0/tiers/0/limits/1/budget/amount", "10000000000000001",
               "quotas[0].tiers[0].limits[1].budget.amount: must be at most 10000000000000000, is 10000000000000001"},
        Damage{"/quotas/0/tiers/0/limits/1/budget/windowMs", "999",
               "quotas[0].tiers[0].limits[1].budget.windowMs: must be at least 1000, is 999"},
        Damage{"/quotas/0/tiers/0/limits/1/budget/windowMs", "2678400001",
               "quotas[0].tiers[0].limits[1].budget.windowMs: must be at most 2678400000, is 2678400001"},
        Damage{"/routes/0/quotas/0", "\"plan\"", "routes[0].quotas[0]: the namespace has no quota \"plan\""},
        Damage{"/routes/0/namespace", "\"other\"", "routes[0].quotas[0]: the namespace has no quota \"plans\""},
        Damage{"/routes/0/quotas", R"(["plans","plans"])", "routes[0].quotas[1]: is there twice"},
        Damage{"/routes/0/quotas", R"(["a","b","c","d","e","f","g","h","i"])",
               "routes[0].quotas: must be at most 8, is 9"}));

const std::string kPointer =
    "routes[0].cost.terms[1].pointer: must be a JSON Pointer of at most 1024 bytes that starts with '/'";
const std::string kTwice = "routes[0].cost.terms[2]: another term has this quantity or pointer";

INSTANTIATE_TEST_SUITE_P(
    CostAndCache, ParseRefusesLimits,
    testing::Values(
        Damage{"/routes/0/versions/1/costFactor", "-1", "routes[0].versions[1].costFactor: must be at least 0, is -1"},
        Damage{"/routes/0/versions/1/costFactor", "1000000000001",
               "routes[0].versions[1].costFactor: must be at most 1000000000000, is 1000000000001"},
        Damage{"/routes/0/versions/1/costFactor", "\"1\"", "routes[0].versions[1].costFactor: must be an integer"},
        Damage{"/routes/0/versions/1/revision", "\"a b\"",
               "routes[0].versions[1].revision: must be at most 63 visible characters"},
        Damage{"/routes/0/cost", "", "routes[0].cost: is missing"},
        Damage{"/routes/0/cost/unit", "\"Credits\"",
               "routes[0].cost.unit: must be a DNS-1035 label of at most 20 characters"},
        Damage{"/routes/0/cost/terms", "[]", "routes[0].cost.terms: must be at least 1, is 0"},
        Damage{"/routes/0/cost/cacheHitFactor", "1000001",
               "routes[0].cost.cacheHitFactor: must be at most 1000000, is 1000001"},
        Damage{"/routes/0/cost/terms/0/quantity", "\"Tokens\"",
               "routes[0].cost.terms[0].quantity: must be one of Request, Rows, Elements, RequestBytes, Pointer, is "
               "\"Tokens\""},
        Damage{"/routes/0/cost/terms/0/price", "-1", "routes[0].cost.terms[0].price: must be at least 0, is -1"},
        Damage{"/routes/0/cost/terms/0/max", "1", "routes[0].cost.terms[0].max: is not a field of the contract"},
        Damage{"/routes/0/cost/terms/1/pointer", "", "routes[0].cost.terms[1].pointer: is missing"},
        Damage{"/routes/0/cost/terms/1/pointer", "\"\"", kPointer.c_str()},
        Damage{"/routes/0/cost/terms/1/pointer", "\"a\"", kPointer.c_str()},
        Damage{"/routes/0/cost/terms/1/pointer", "\"/a~2\"", kPointer.c_str()},
        Damage{"/routes/0/cost/terms/1/pointer", "\"/a~\"", kPointer.c_str()},
        Damage{"/routes/0/cost/terms/1/max", "0", "routes[0].cost.terms[1].max: must be at least 1, is 0"},
        Damage{"/routes/0/cost/terms/1/absent", "16000001",
               "routes[0].cost.terms[1].absent: must be at most 16000000, is 16000001"},
        Damage{"/routes/0/cost/terms/2/pointer", "\"/parameters/beam~1width\"", kTwice.c_str()},
        Damage{"/routes/0/cost/terms/2", R"({"quantity":"Rows","price":1})", kTwice.c_str()},
        Damage{"/routes/2/cost/terms/0/quantity", "\"Rows\"",
               "routes[2].cost.terms[0].quantity: the protocol Generic has neither rows nor elements"},
        Damage{"/routes/2/cost/terms/0/quantity", "\"Elements\"",
               "routes[2].cost.terms[0].quantity: the protocol Generic has neither rows nor elements"},
        Damage{"/routes/0/cache/ttlMs", "999", "routes[0].cache.ttlMs: must be at least 1000, is 999"},
        Damage{"/routes/0/cache/ttlMs", "2592000001",
               "routes[0].cache.ttlMs: must be at most 2592000000, is 2592000001"},
        Damage{"/routes/0/cache/maxBytes", "1048575", "routes[0].cache.maxBytes: must be at least 1048576, is 1048575"},
        Damage{"/routes/0/cache/maxBytes", "68719476737",
               "routes[0].cache.maxBytes: must be at most 68719476736, is 68719476737"},
        Damage{"/routes/0/cache/scope", "\"Tier\"",
               "routes[0].cache.scope: must be one of Principal, Tenant, Shared, is \"Tier\""},
        Damage{"/routes/0/cache/key", "1", "routes[0].cache.key: is not a field of the contract"}));

// What render() does not write would be lost without a word.
TEST(Check, RefusesAPointersFieldsInATermWithoutOne) {
  const CostTerm rows{Quantity::Rows, kOne, "", 0, {}};
  for (int field = 0; field < 3; ++field) {
    GatewayConfig config = full_config();
    CostTerm term = rows;
    if (field == 0) term.pointer = "/a";
    if (field == 1) term.max = 1;
    if (field == 2) term.absent = 0;
    config.routes[0].cost.terms = {term};
    const auto checked = check(config);
    ASSERT_FALSE(checked.ok()) << field;
    EXPECT_EQ(checked.error().message,
              "routes[0].cost.terms[0]: pointer, max and absent are for quantity Pointer only");
  }
}

}  // namespace
}  // namespace mlgateway::config
