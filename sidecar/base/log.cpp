#include "sidecar/base/log.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <memory>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "sidecar/base/json_text.hpp"
#include "sidecar/base/rfc3339.hpp"

namespace mlgateway::log {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warn", "error"};

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::Debug: return spdlog::level::debug;
    case Level::Info: return spdlog::level::info;
    case Level::Warn: return spdlog::level::warn;
    case Level::Error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// Never destroyed: destructors of other statics, and threads that outlive main, may still have something to say.
spdlog::logger& logger() {
  static auto& instance = *[] {
    auto* made = new spdlog::logger("process", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return instance;
}

struct ValueWriter {
  std::string& out;
  void operator()(const std::string& value) const { append_json_string(out, value); }
  void operator()(std::int64_t value) const { out += fmt::format_int(value).c_str(); }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(double value) const { out += std::isfinite(value) ? fmt::format("{}", value) : "null"; }
};

void write(Level level, std::string_view message, Facts facts) {
  if (!logger().should_log(spdlog_level(level))) return;
  const std::string line = render(std::chrono::system_clock::now(), level, message, facts);
  logger().log(spdlog_level(level), spdlog::string_view_t{line.data(), line.size()});
}

}  // namespace

std::optional<Level> level_named(std::string_view word) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == word) return static_cast<Level>(i);
  }
  return std::nullopt;
}

void set_level(Level level) { logger().set_level(spdlog_level(level)); }

void debug(std::string_view message, Facts facts) { write(Level::Debug, message, facts); }
void info(std::string_view message, Facts facts) { write(Level::Info, message, facts); }
void warn(std::string_view message, Facts facts) { write(Level::Warn, message, facts); }
void error(std::string_view message, Facts facts) { write(Level::Error, message, facts); }

std::string render(WallTime time, Level level, std::string_view message, Facts facts) {
  std::string line = R"({"time":")";
  line += rfc3339(time);
  line += R"(","level":")";
  line += kLevelNames[static_cast<std::size_t>(level)];
  line += R"(","msg":)";
  append_json_string(line, message);
  for (const Fact& fact : facts) {
    line += ',';
    append_json_string(line, fact.key);
    line += ':';
    std::visit(ValueWriter{line}, fact.value);
  }
  line += '}';
  return line;
}

}  // namespace mlgateway::log
