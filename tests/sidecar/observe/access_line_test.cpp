#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sidecar/observe/access_log.hpp"

namespace mlgateway::observe {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string line_of(const AccessRecord& record) {
  std::string out(kMaxAccessLine, '\0');
  Rfc3339Clock clock;
  out.resize(static_cast<std::size_t>(write_access_line(out.data(), record, clock) - out.data()));
  return out;
}

AccessRecord prediction() {
  AccessRecord record;
  record.time = WallTime{1700000000123ms};
  record.request_id = "req-1";
  record.client = "10.0.0.1";
  record.tls = "TLSv1.3";
  record.method = "POST";
  record.path = "/v2/models/iris/infer";
  record.host = "iris.example.com";
  record.route_namespace = "default";
  record.route_name = "iris";
  record.version = "v1";
  record.principal_method = "keys";
  record.principal_issuer = "iris-keys";
  record.principal_name = "alice";
  record.tenant = "acme";
  record.status = 200;
  record.request_bytes = 100;
  record.response_bytes = 2000;
  record.duration = 12345678ns;
  record.upstream_duration = 9001us;
  record.upstream = "127.0.0.1:8080";
  record.cost = 1400000;
  record.quota = "plans.free.daily";
  record.cache = "hit";
  record.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  return record;
}

TEST(AccessLine, SaysEverythingInOneLine) {
  EXPECT_EQ(line_of(prediction()),
            R"({"time":"2023-11-14T22:13:20.123Z","request_id":"req-1","client":"10.0.0.1","tls":"TLSv1.3",)"
            R"("method":"POST","path":"/v2/models/iris/infer","host":"iris.example.com",)"
            R"("route":"default/iris","version":"v1",)"
            R"("principal":{"method":"keys","issuer":"iris-keys","name":"alice"},"tenant":"acme","status":200,)"
            R"("reason":null,"would_refuse":null,"error":null,"request_bytes":100,"response_bytes":2000,)"
            R"("duration_ms":12.345,"upstream_ms":9.001,"upstream":"127.0.0.1:8080",)"
            R"("cost":1.4,"quota":"plans.free.daily","cache":"hit",)"
            R"("trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"})"
            "\n");
}

TEST(AccessLine, HasEveryKeyEvenWhenNothingIsKnown) {
  const json full = json::parse(line_of(prediction()));
  const json empty = json::parse(line_of(AccessRecord{}));
  for (const auto& [key, value] : full.items()) EXPECT_TRUE(empty.contains(key)) << key;
  EXPECT_TRUE(empty["route"].is_null());
  EXPECT_TRUE(empty["principal"].is_null());
  EXPECT_TRUE(empty["upstream_ms"].is_null());
  EXPECT_TRUE(empty["cost"].is_null());
  EXPECT_EQ(empty["duration_ms"], 0.0);
}

TEST(AccessLine, NamesTheReasonOfARefusal) {
  AccessRecord record = prediction();
  record.status = 401;
  record.reason = Reason::CredentialMissing;
  record.error = "no field \"authorization\"";
  const json line = json::parse(line_of(record));
  EXPECT_EQ(line["reason"], "CredentialMissing");
  EXPECT_EQ(line["error"], "no field \"authorization\"");
}

TEST(AccessLine, TellsWhatADryRunWouldHaveSaid) {
  AccessRecord record = prediction();
  record.would_refuse = Reason::NotAuthorized;
  const json line = json::parse(line_of(record));
  EXPECT_EQ(line["would_refuse"], "NotAuthorized");
  EXPECT_TRUE(line["reason"].is_null());
}

TEST(AccessLine, StaysOneValidLineWhateverACallerSends) {
  std::string hostile;
  for (int byte = 0; byte < 256; ++byte) hostile += static_cast<char>(byte);
  AccessRecord record;
  record.request_id = record.client = record.method = record.path = record.host = hostile;
  record.principal_method = record.principal_issuer = record.principal_name = record.tenant = hostile;
  record.error = record.upstream = record.quota = record.cache = record.trace_id = hostile;
  const std::string line = line_of(record);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_TRUE(json::accept(line));
}

TEST(AccessLine, BoundsWhatACallerControls) {
  const std::string endless(1 << 20, '\1');  // six characters each
  AccessRecord record;
  record.request_id = record.client = record.method = record.path = record.host = endless;
  record.route_namespace = record.route_name = record.version = record.tenant = endless;
  record.principal_method = record.principal_issuer = record.principal_name = endless;
  record.error = record.upstream = record.quota = record.cache = record.trace_id = endless;
  record.cost = std::numeric_limits<std::int64_t>::min();
  record.reason = Reason::UnsupportedTransferCoding;
  record.request_bytes = record.response_bytes = std::numeric_limits<std::uint64_t>::max();
  record.duration = std::chrono::nanoseconds::max();
  record.upstream_duration = std::chrono::nanoseconds::max();
  const std::string line = line_of(record);
  EXPECT_LE(line.size(), kMaxAccessLine);
  EXPECT_EQ(json::parse(line)["path"].get<std::string>().size(), 1024u + 3u);
}

TEST(AccessLine, WritesShortTimesWithThreeDecimals) {
  AccessRecord record;
  record.duration = 7us;
  record.upstream_duration = -1ns;
  EXPECT_THAT(line_of(record), testing::HasSubstr(R"("duration_ms":0.007,"upstream_ms":0.000,)"));
}

}  // namespace
}  // namespace mlgateway::observe
