#include "sidecar/limits/cost.hpp"

#include <array>
#include <limits>

#include <gtest/gtest.h>

namespace mlgateway::limits {
namespace {

using config::Cost;
using config::kMostMillionths;
using config::kOne;
using config::Quantity;

constexpr auto kMostCount = std::numeric_limits<std::uint64_t>::max();
constexpr config::Millionths kMostPrice = 999'999'999'999;

config::CostTerm term(Quantity quantity, config::Millionths price) {
  return {.quantity = quantity, .price = price, .pointer = {}, .max = 0, .absent = {}};
}

Cost cost(std::vector<config::CostTerm> terms) { return {.unit = "credits", .terms = std::move(terms)}; }

TEST(Cost, IsOnePerRequestWhereNothingElseIsSaid) { EXPECT_EQ(cost_of(Cost{}, {.rows = 9}, kOne), kOne); }

TEST(Cost, SumsPricesTimesQuantities) {
  const Cost made = cost({term(Quantity::Request, kOne), term(Quantity::Rows, 100'000), term(Quantity::Elements, 10),
                          term(Quantity::RequestBytes, 1)});
  const Quantities quantities{.rows = 4, .elements = 16, .request_bytes = 700, .pointed = {}};
  EXPECT_EQ(cost_of(made, quantities, kOne), kOne + 400'000 + 160 + 700);
}

TEST(Cost, TakesPointedNumbersInTheOrderOfTheirTerms) {
  const Cost made =
      cost({term(Quantity::Pointer, kOne), term(Quantity::Rows, kOne), term(Quantity::Pointer, 2 * kOne)});
  const std::array<config::Millionths, 2> pointed = {500'000, 3 * kOne};
  EXPECT_EQ(cost_of(made, {.rows = 10, .pointed = pointed}, kOne), 500'000 + 10 * kOne + 6 * kOne);
}

TEST(Cost, CountsAPointedNumberThatIsMissingAsNothing) {
  EXPECT_EQ(cost_of(cost({term(Quantity::Pointer, kOne)}), {}, kOne), 0);
}

TEST(Cost, IsMultipliedWithTheVersionsFactor) {
  EXPECT_EQ(cost_of(Cost{}, {}, 8 * kOne), 8 * kOne);
  EXPECT_EQ(cost_of(Cost{}, {}, 250'000), 250'000);
  EXPECT_EQ(cost_of(Cost{}, {}, 0), 0);
}

// Two terms of a third of a millionth each: rounded one by one they would make two.
TEST(Cost, IsRoundedUpOnceAtTheEnd) {
  const std::array<config::Millionths, 2> pointed = {333'333, 333'333};
  const Cost made = cost({term(Quantity::Pointer, 1), term(Quantity::Pointer, 1)});
  EXPECT_EQ(cost_of(made, {.pointed = pointed}, kOne), 1);
  EXPECT_EQ(cost_of(made, {.pointed = pointed}, 2 * kOne), 2);
}

TEST(Cost, IsExactUpToTheLargestAmount) {
  const Cost made = cost({term(Quantity::Rows, kOne)});
  EXPECT_EQ(cost_of(made, {.rows = 10'000'000'000}, kOne), kMostMillionths);
  EXPECT_EQ(cost_of(made, {.rows = 9'999'999'999}, kOne), kMostMillionths - kOne);
}

TEST(Cost, BeyondTheLargestAmountIsMoreThanAnyLimitHolds) {
  const Cost rows = cost({term(Quantity::Rows, kOne)});
  EXPECT_EQ(cost_of(rows, {.rows = 10'000'000'001}, kOne), kMostMillionths + 1);
  EXPECT_EQ(cost_of(rows, {.rows = kMostCount}, kMostPrice), kMostMillionths + 1);
}

TEST(Cost, DoesNotOverflowWhateverIsCounted) {
  std::vector<config::CostTerm> terms(16, term(Quantity::Rows, kMostPrice));
  EXPECT_EQ(cost_of(cost(terms), {.rows = kMostCount}, 1), kMostMillionths + 1);
  EXPECT_EQ(cost_of(cost(terms), {.rows = kMostCount}, kMostPrice), kMostMillionths + 1);
  EXPECT_EQ(cost_of(cost(terms), {.rows = kMostCount}, 0), 0);
}

TEST(Cost, OfWhatIsHugeTimesATinyFactorIsStillExact) {
  const Cost made = cost({term(Quantity::Rows, kMostPrice)});
  EXPECT_EQ(cost_of(made, {.rows = 1'000'000}, 1), kMostPrice);
}

TEST(HitCost, IsAShareRoundedUp) {
  Cost made;
  EXPECT_EQ(hit_cost(made, 7 * kOne), 0);
  made.cache_hit_factor = kOne;
  EXPECT_EQ(hit_cost(made, 7 * kOne), 7 * kOne);
  made.cache_hit_factor = 333'333;
  EXPECT_EQ(hit_cost(made, 1), 1);
  EXPECT_EQ(hit_cost(made, kOne), 333'333);
}

TEST(HitCost, OfWhatIsBeyondStaysBeyond) {
  Cost made;
  made.cache_hit_factor = 500'000;
  EXPECT_EQ(hit_cost(made, kMostMillionths + 1), kMostMillionths + 1);
  EXPECT_EQ(hit_cost(made, kMostMillionths), kMostMillionths / 2);
}

}  // namespace
}  // namespace mlgateway::limits
