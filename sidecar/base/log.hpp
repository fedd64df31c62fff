// Events of the process as JSON lines on standard error: a constant message and facts beside it.
//
//   log::info("config replaced", {{"routes", 3}, {"hash", hash}});
//
// Safe from any thread; never for one line per request (observe/access_log does that), never anything secret.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sidecar/base/clock.hpp"

namespace mlgateway::log {

enum class Level : std::uint8_t { Debug, Info, Warn, Error };

struct Fact {
  Fact(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  Fact(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  Fact(std::string_view k, const std::string& v) : key(k), value(v) {}
  Fact(std::string_view k, bool v) : key(k), value(v) {}
  Fact(std::string_view k, double v) : key(k), value(v) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Fact(std::string_view k, T v) : key(k), value(static_cast<std::int64_t>(v)) {}

  std::string_view key;
  std::variant<std::string, std::int64_t, double, bool> value;
};

using Facts = std::initializer_list<Fact>;

// "debug", "info", "warn" or "error"; none for any other word.
std::optional<Level> level_named(std::string_view word);

// Lines below it are dropped. Info until somebody says otherwise.
void set_level(Level level);

void debug(std::string_view message, Facts facts = {});
void info(std::string_view message, Facts facts = {});
void warn(std::string_view message, Facts facts = {});
void error(std::string_view message, Facts facts = {});

// The line itself, without line feed: {"time","level","msg"} and the facts beside them, in their order.
std::string render(WallTime time, Level level, std::string_view message, Facts facts);

}  // namespace mlgateway::log
