#include "operator/webhook/overrides.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "operator/api/duration.hpp"
#include "operator/webhook/names.hpp"

namespace mlgateway::webhook {
namespace {

template <class Number>
bool read_number(std::string_view text, Number least, Number most, Number& number) {
  Number read = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (fault != std::errc() || end != text.data() + text.size() || read < least || read > most) return false;
  number = read;
  return true;
}

// Below 1024 a process without rights cannot listen.
bool read_port(const std::string& text, std::uint16_t& port) {
  return read_number<std::uint16_t>(text, 1024, 65535, port);
}

// Stricter than Kubernetes, which also takes signs and exponents that nobody writes for a processor or a memory.
bool read_quantity(const std::string& text, std::string& quantity) {
  constexpr std::array<std::string_view, 8> kSuffixes{"", "m", "k", "M", "G", "Ki", "Mi", "Gi"};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::size_t end = digits;
  if (end < text.size() && text[end] == '.') {
    end = std::min(text.find_first_not_of("0123456789", digits + 1), text.size());
    if (end == digits + 1) return false;
  }
  const std::string_view suffix = std::string_view(text).substr(end);
  if (digits == 0 || end > 15 || std::find(kSuffixes.begin(), kSuffixes.end(), suffix) == kSuffixes.end()) return false;
  quantity = text;
  return true;
}

bool read_image(const std::string& text, std::string& image) {
  if (text.empty() || text.size() > 512 || text.find_first_of(" \t\r\n") != std::string::npos) return false;
  image = text;
  return true;
}

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 3> kPullPolicies{"Always", "IfNotPresent", "Never"};

template <std::size_t N>
bool read_one_of(const std::string& text, const std::array<std::string_view, N>& words, std::string& word) {
  if (std::find(words.begin(), words.end(), text) == words.end()) return false;
  word = text;
  return true;
}

// A grace period counts whole seconds.
bool read_seconds(const std::string& text, std::uint32_t& seconds) {
  constexpr std::chrono::milliseconds kMost = std::chrono::minutes(10);
  const auto read = api::parse_duration(text);
  if (!read || *read > kMost || *read % std::chrono::seconds(1) != std::chrono::milliseconds(0)) return false;
  seconds = static_cast<std::uint32_t>(*read / std::chrono::seconds(1));
  return true;
}

bool read_list(const std::string& text, std::vector<std::string>& names) {
  names.clear();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end == begin) return false;
    names.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return true;
}

struct Override {
  std::string_view name;
  std::string_view expected;
  bool (*take)(const std::string&, Settings&);
};

constexpr std::string_view kPort = "a number from 1024 to 65535";
constexpr std::string_view kQuantity = "a quantity such as 100m or 64Mi";

constexpr std::string_view kSeconds = "whole seconds up to 10m, such as 5s";

const std::array<Override, 14> kOverrides{{
    {"image", "the name of an image", [](auto& text, auto& to) { return read_image(text, to.image); }},
    {"image-pull-policy", "Always, IfNotPresent or Never",
     [](auto& text, auto& to) { return read_one_of(text, kPullPolicies, to.image_pull_policy); }},
    {"cpu-request", kQuantity, [](auto& text, auto& to) { return read_quantity(text, to.resources.cpu_request); }},
    {"memory-request", kQuantity,
     [](auto& text, auto& to) { return read_quantity(text, to.resources.memory_request); }},
    {"cpu-limit", kQuantity, [](auto& text, auto& to) { return read_quantity(text, to.resources.cpu_limit); }},
    {"memory-limit", kQuantity, [](auto& text, auto& to) { return read_quantity(text, to.resources.memory_limit); }},
    {"data-port", kPort, [](auto& text, auto& to) { return read_port(text, to.ports.data); }},
    {"admin-port", kPort, [](auto& text, auto& to) { return read_port(text, to.ports.admin); }},
    {"peer-port", kPort, [](auto& text, auto& to) { return read_port(text, to.ports.peer); }},
    {"workers", "a number from 1 to 256",
     [](auto& text, auto& to) { return read_number<std::uint32_t>(text, 1, 256, to.workers); }},
    {"log-level", "debug, info, warn or error",
     [](auto& text, auto& to) { return read_one_of(text, kLevels, to.log_level); }},
    {"propagation-delay", kSeconds,
     [](auto& text, auto& to) { return read_seconds(text, to.propagation_delay_seconds); }},
    {"drain-timeout", kSeconds, [](auto& text, auto& to) { return read_seconds(text, to.drain_timeout_seconds); }},
    {"model-containers", "names of containers with commas between them",
     [](auto& text, auto& to) { return read_list(text, to.model_containers); }},
}};

Error fault(std::string_view where, std::string_view words) {
  return Error(Reason::InvalidConfig, std::string(where) + ": " + std::string(words));
}

// Why it was not; empty: it was.
std::string taken(std::string_view name, const std::string& text, Settings& settings) {
  const auto known =
      std::find_if(kOverrides.begin(), kOverrides.end(), [&](auto& entry) { return entry.name == name; });
  if (known == kOverrides.end()) return "is no setting of the gateway; remove it or mend its name";
  if (known->take(text, settings)) return "";
  return "must be " + std::string(known->expected) + ", is '" + text.substr(0, 80) + "'";
}

bool ports_differ(const Ports& ports) {
  return ports.data != ports.admin && ports.data != ports.peer && ports.admin != ports.peer;
}

constexpr std::string_view kSamePort = "data-port, admin-port and peer-port must be three different ports";

}  // namespace

Result<Settings> settings_from(const std::vector<std::string>& wishes) {
  Settings settings;
  for (const std::string& wish : wishes) {
    const std::size_t equals = wish.find('=');
    if (equals == std::string::npos) return fault("'" + wish + "'", "must be NAME=VALUE");
    const std::string name = wish.substr(0, equals);
    if (const std::string words = taken(name, wish.substr(equals + 1), settings); !words.empty()) {
      return fault(name, words);
    }
  }
  if (settings.image.empty()) return fault("image", "is required: the image of the sidecars");
  if (!ports_differ(settings.ports)) return fault("data-port", kSamePort);
  return settings;
}

Result<Settings> overridden(Settings settings, const nlohmann::json& annotations) {
  const std::string_view prefix = kOverridePrefix;
  for (const auto& [key, value] : annotations.items()) {
    if (!key.starts_with(prefix)) continue;
    const std::string_view name = std::string_view(key).substr(prefix.size());
    const std::string words = taken(name, value.get_ref<const std::string&>(), settings);
    if (!words.empty()) return fault("metadata.annotations[" + key + "]", words);
  }
  if (ports_differ(settings.ports)) return settings;
  return fault("metadata.annotations[" + std::string(prefix) + "data-port]", kSamePort);
}

}  // namespace mlgateway::webhook
