#include "operator/kube/election.hpp"

#include <gtest/gtest.h>

namespace mlgateway::kube {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const Instant kStart{1h};
const WallTime kWall{};

ElectionOptions options(const std::string& identity) { return {"system", "operator", identity, 15s, 10s, 2s}; }

json lease_of(const std::string& holder, const std::string& renewed, const std::string& version = "1") {
  return with_record({{"metadata", {{"name", "operator"}, {"resourceVersion", version}}}},
                     {holder, 15s, renewed, renewed, 3});
}

TEST(Election, MakesTheLeaseWhenThereIsNone) {
  Election me(options("me"));
  EXPECT_TRUE(std::holds_alternative<GetLease>(me.next(kStart, kWall)));
  me.on_fault(fault_from(404, "", ""), kStart, 0);
  const auto action = me.next(kStart, kWall);
  const json& lease = std::get<CreateLease>(action).lease;
  EXPECT_EQ(record_from(lease),
            (LeaseRecord{"me", 15s, "1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.000000Z", 0}));
  EXPECT_FALSE(me.leading(kStart));
  me.on_written(lease, kStart, kStart + 1s);
  EXPECT_TRUE(me.leading(kStart + 9999ms));
  EXPECT_FALSE(me.leading(kStart + 10s));
}

TEST(Election, WaitsForALeaseThatIsRenewed) {
  Election me(options("me"));
  Instant now = kStart;
  for (int i = 0; i < 10; ++i) {
    me.on_read(lease_of("other", std::to_string(i)), now, 0);
    EXPECT_EQ(std::get<WaitForLease>(me.next(now, kWall)).until, now + 2s);
    now += 10s;
    EXPECT_TRUE(std::holds_alternative<GetLease>(me.next(now, kWall)));
  }
}

TEST(Election, TakesALeaseThatHasNotChangedForItsDurationByOurClock) {
  Election me(options("me"));
  // Whatever time the other wrote: a minute in the past or the future.
  me.on_read(lease_of("other", "2999-01-01T00:00:00.000000Z"), kStart, 0);
  me.on_read(lease_of("other", "2999-01-01T00:00:00.000000Z"), kStart + 14s, 0);
  EXPECT_TRUE(std::holds_alternative<WaitForLease>(me.next(kStart + 14s, kWall)));
  const auto action = me.next(kStart + 16s, kWall);
  const LeaseRecord record = record_from(std::get<UpdateLease>(action).lease);
  EXPECT_EQ(record.holder, "me");
  EXPECT_EQ(record.transitions, 4);
}

TEST(Election, TakesAReleasedLeaseAtOnce) {
  Election me(options("me"));
  me.on_read(lease_of("", "x"), kStart, 0.9);
  EXPECT_TRUE(std::holds_alternative<UpdateLease>(me.next(kStart, kWall)));
}

TEST(Election, ReadsAgainWhenAnotherWasFaster) {
  Election me(options("me"));
  me.on_read(lease_of("", "x"), kStart, 0);
  me.on_fault(fault_from(409, "", ""), kStart, 0);
  EXPECT_TRUE(std::holds_alternative<GetLease>(me.next(kStart + 2s, kWall)));
  me.on_read(lease_of("other", "y"), kStart + 2s, 0);
  EXPECT_FALSE(me.leading(kStart + 2s));
}

TEST(Election, RenewsAndKeepsTheTimeItBegan) {
  Election me(options("me"));
  me.on_written(lease_of("me", "began"), kStart, kStart);
  EXPECT_EQ(std::get<WaitForLease>(me.next(kStart, kWall)).until, kStart + 2s);
  const auto action = me.next(kStart + 2s, kWall);
  const LeaseRecord record = record_from(std::get<UpdateLease>(action).lease);
  EXPECT_EQ(record.acquire_time, "began");
  EXPECT_EQ(record.transitions, 3);
  me.on_written(lease_of("me", "later"), kStart + 2s, kStart + 4s);
  EXPECT_EQ(me.leading_until(), kStart + 12s);
}

TEST(Election, DoesNotTakeAReadingForARenewal) {
  Election me(options("me"));
  me.on_written(lease_of("me", "began"), kStart, kStart);
  me.on_fault(fault(FaultKind::TimedOut, "no answer"), kStart + 5s, 0);
  me.on_read(lease_of("me", "by the lost answer"), kStart + 7s, 0);
  EXPECT_EQ(me.leading_until(), kStart + 10s);
  EXPECT_TRUE(std::holds_alternative<UpdateLease>(me.next(kStart + 7s, kWall)));
}

TEST(Election, EndsWhenItCannotRenew) {
  Election me(options("me"));
  me.on_written(lease_of("me", "began"), kStart, kStart);
  for (auto now = kStart + 2s; now < kStart + 10s; now += 2s) {
    me.on_fault(fault(FaultKind::Unreachable, "refused"), now, 0);
    EXPECT_TRUE(me.leading(now));
  }
  EXPECT_FALSE(me.leading(kStart + 10s));
  EXPECT_FALSE(me.released(kStart + 10s, kWall));
}

TEST(Election, EndsAtOnceWhenAnotherHoldsTheLease) {
  Election me(options("me"));
  me.on_written(lease_of("me", "began"), kStart, kStart);
  me.on_read(lease_of("other", "y"), kStart + 3s, 0);
  EXPECT_FALSE(me.leading(kStart + 3s));
  EXPECT_EQ(me.holder(), "other");
}

TEST(Election, GivesTheLeaseBack) {
  Election me(options("me"));
  me.on_written(lease_of("me", "began", "7"), kStart, kStart);
  const auto released = me.released(kStart + 1s, kWall);
  ASSERT_TRUE(released);
  EXPECT_EQ(record_from(*released).holder, "");
  EXPECT_EQ(record_from(*released).duration, 1s);
  // Of the version it has, so that it cannot release what somebody else took.
  EXPECT_EQ((*released)["metadata"]["resourceVersion"], "7");
}

TEST(Election, ReadsALeaseWithNonsenseAsFree) {
  for (const json& spec : {json(5), json::object(), json{{"holderIdentity", 3}, {"leaseDurationSeconds", "x"}}}) {
    Election me(options("me"));
    me.on_read({{"metadata", {{"name", "operator"}}}, {"spec", spec}}, kStart, 0);
    EXPECT_EQ(me.holder(), "");
  }
}

}  // namespace
}  // namespace mlgateway::kube
