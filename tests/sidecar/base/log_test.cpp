#include "sidecar/base/log.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace mlgateway::log {
namespace {

using namespace std::chrono_literals;
using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

TEST(Log, RendersTimeLevelMessageAndFactsInOrder) {
  const std::string path = "/etc/gateway.v1.json";
  EXPECT_EQ(render(WallTime{1ms}, Level::Warn, "config refused",
                   {{"path", path}, {"routes", 3}, {"kept", true}, {"age", 0.5}}),
            R"({"time":"1970-01-01T00:00:00.001Z","level":"warn","msg":"config refused","path":"/etc/gateway.v1.json",)"
            R"("routes":3,"kept":true,"age":0.5})");
}

TEST(Log, EscapesWhatAFactHolds) {
  EXPECT_EQ(
      render(WallTime{}, Level::Info, "x", {{"words", "a\"b\nc\xff"}}),
      "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"msg\":\"x\",\"words\":\"a\\\"b\\nc\xef\xbf\xbd\"}");
}

TEST(Log, WritesNumbersThatJsonCannotHoldAsNull) {
  const std::string line = render(WallTime{}, Level::Info, "x", {{"n", std::numeric_limits<double>::quiet_NaN()}});
  EXPECT_NE(line.find(R"("n":null)"), std::string::npos);
}

TEST(Log, WritesOneLineToStandardError) {
  CaptureStderr();
  info("listening", {{"listen", "127.0.0.1:80"}});
  const std::string text = GetCapturedStderr();
  EXPECT_NE(text.find(R"("msg":"listening","listen":"127.0.0.1:80"})"
                      "\n"),
            std::string::npos)
      << text;
}

TEST(Log, TakesBracesInAMessageAsTheyAre) {
  CaptureStderr();
  info("a {} b");
  EXPECT_NE(GetCapturedStderr().find(R"("msg":"a {} b"})"), std::string::npos);
}

TEST(Log, DropsLinesBelowTheLevel) {
  set_level(Level::Error);
  CaptureStderr();
  warn("quiet");
  error("loud");
  const std::string text = GetCapturedStderr();
  set_level(Level::Info);
  EXPECT_EQ(text.find("quiet"), std::string::npos);
  EXPECT_NE(text.find("loud"), std::string::npos);
}

TEST(Log, KnowsItsLevelsByName) {
  EXPECT_EQ(level_named("debug"), Level::Debug);
  EXPECT_EQ(level_named("error"), Level::Error);
  EXPECT_EQ(level_named("verbose"), std::nullopt);
}

}  // namespace
}  // namespace mlgateway::log
