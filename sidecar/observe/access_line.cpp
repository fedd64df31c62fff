#include <array>
#include <charconv>
#include <cstring>

#include "sidecar/base/decimal.hpp"
#include "sidecar/base/json_text.hpp"
#include "sidecar/observe/access_log.hpp"

namespace mlgateway::observe {
namespace {

// What a caller controls is bounded, so that a line stays a line: no field of it can crowd out the others.
constexpr std::size_t kMaxLong = 1024;  // path and error
constexpr std::size_t kMaxShort = 256;
constexpr std::size_t kLongTexts = 2;
constexpr std::size_t kShortTexts = 17;
constexpr std::size_t kKeysAndNumbers = 700;
static_assert(kLongTexts * json_text_bound(kMaxLong) + kShortTexts * json_text_bound(kMaxShort) + kKeysAndNumbers <=
              kMaxAccessLine);

// Where the line ends so far. Nothing is checked on the way: the bound above holds for any record.
class Line {
 public:
  explicit Line(char* begin) : end_(begin) {}
  char* end() const { return end_; }

  // A literal's length is known here, so the copy becomes a few stores.
  template <std::size_t N>
  Line& raw(const char (&literal)[N]) {
    std::memcpy(end_, literal, N - 1);
    end_ += N - 1;
    return *this;
  }
  Line& text(std::string_view value, std::size_t max_bytes = kMaxShort) {
    if (value.empty()) return raw("null");
    end_ = write_json_string(end_, value, max_bytes);
    return *this;
  }
  Line& number(std::uint64_t value) {
    constexpr std::size_t kDigits = 20;
    end_ = std::to_chars(end_, end_ + kDigits, value).ptr;
    return *this;
  }
  // Three decimals by hand: printing a double costs four times as much and says no more.
  Line& milliseconds(std::chrono::nanoseconds value) {
    const auto total = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
    const std::uint64_t microseconds = total > 0 ? static_cast<std::uint64_t>(total) : 0;
    number(microseconds / 1000);
    const auto rest = static_cast<unsigned>(microseconds % 1000);
    *end_++ = '.';
    *end_++ = static_cast<char>('0' + rest / 100);
    *end_++ = static_cast<char>('0' + rest / 10 % 10);
    *end_++ = static_cast<char>('0' + rest % 10);
    return *this;
  }
  Line& decimal(std::int64_t millionths) {
    end_ = write_decimal(end_, millionths);
    return *this;
  }
  Line& time(WallTime value, Rfc3339Clock& clock) {
    clock.write(end_, value);
    end_ += Rfc3339Clock::kSize;
    return *this;
  }
  // "namespace/name": two strings whose inner quotes give way to the slash.
  Line& route(std::string_view namespace_name, std::string_view name) {
    if (name.empty()) return raw("null");
    end_ = write_json_string(end_, namespace_name, kMaxShort);
    char* const joint = end_ - 1;
    end_ = write_json_string(joint, name, kMaxShort);
    *joint = '/';
    return *this;
  }

 private:
  char* end_;
};

void add_principal(Line& line, const AccessRecord& record) {
  line.raw(R"(,"principal":)");
  if (record.principal_method.empty()) {
    line.raw("null");
    return;
  }
  line.raw(R"({"method":)").text(record.principal_method);
  line.raw(R"(,"issuer":)").text(record.principal_issuer);
  line.raw(R"(,"name":)").text(record.principal_name).raw("}");
}

}  // namespace

char* write_access_line(char* out, const AccessRecord& record, Rfc3339Clock& clock) {
  Line line(out);
  line.raw(R"({"time":")").time(record.time, clock);
  line.raw(R"(","request_id":)").text(record.request_id);
  line.raw(R"(,"client":)").text(record.client);
  line.raw(R"(,"tls":)").text(record.tls);
  line.raw(R"(,"method":)").text(record.method);
  line.raw(R"(,"path":)").text(record.path, kMaxLong);
  line.raw(R"(,"host":)").text(record.host);
  line.raw(R"(,"route":)").route(record.route_namespace, record.route_name);
  line.raw(R"(,"version":)").text(record.version);
  add_principal(line, record);
  line.raw(R"(,"tenant":)").text(record.tenant);
  line.raw(R"(,"status":)").number(record.status > 0 ? static_cast<std::uint64_t>(record.status) : 0);
  line.raw(R"(,"reason":)").text(record.reason ? name(*record.reason) : std::string_view{});
  line.raw(R"(,"would_refuse":)").text(record.would_refuse ? name(*record.would_refuse) : std::string_view{});
  line.raw(R"(,"error":)").text(record.error, kMaxLong);
  line.raw(R"(,"request_bytes":)").number(record.request_bytes);
  line.raw(R"(,"response_bytes":)").number(record.response_bytes);
  line.raw(R"(,"duration_ms":)").milliseconds(record.duration);
  line.raw(R"(,"upstream_ms":)");
  record.upstream_duration ? line.milliseconds(*record.upstream_duration) : line.raw("null");
  line.raw(R"(,"upstream":)").text(record.upstream);
  line.raw(R"(,"cost":)");
  record.cost ? line.decimal(*record.cost) : line.raw("null");
  line.raw(R"(,"quota":)").text(record.quota);
  line.raw(R"(,"cache":)").text(record.cache);
  line.raw(R"(,"trace_id":)").text(record.trace_id).raw("}\n");
  return line.end();
}

}  // namespace mlgateway::observe
