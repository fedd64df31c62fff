#include "tests/bench/request.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "tests/bench/socket.hpp"

namespace mlgateway::bench {
namespace {

constexpr std::size_t kInText = 64 * 1024;  // of a body; the rest is filler
constexpr std::size_t kDigits = 16;
constexpr std::string_view kIdStart = R"({"id":")";

void put_digits(char* at, std::uint64_t value) {
  for (std::size_t i = kDigits; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

std::vector<std::string> read_keys(const std::string& file) {
  std::vector<std::string> keys;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) keys.push_back(line);
  const auto differs = [&](const auto& key) { return key.size() != keys.front().size(); };
  if (keys.empty() || std::any_of(keys.begin(), keys.end(), differs)) die("no keys of one length in " + file);
  return keys;
}

std::string field(std::string_view name, std::uint64_t value) {
  return value == 0 ? "" : std::string(name) + ": " + std::to_string(value) + "\r\n";
}

// An inference request of about `bytes`: rows of four numbers, as many as there is room for, and white space inside the
// document for the rest.
std::string body_of(std::size_t bytes) {
  constexpr std::string_view kRow = ",5.125,5.125,5.125,5.125";
  constexpr std::size_t kCount = 6;  // columns for the number of rows
  std::string body = std::string(kIdStart) + std::string(kDigits, '0') + R"(","inputs":[{"name":"x","shape":[)";
  const std::size_t count_at = body.size();
  body += std::string(kCount, ' ') + R"(,4],"datatype":"FP64","data":[0.)" + std::string(kDigits, '0') +
          std::string(kRow.substr(0, kRow.size() / 4 * 3));
  const std::string end = "]}]}";
  std::size_t rows = 1;
  for (; body.size() + kRow.size() + end.size() <= bytes; ++rows) body += kRow;
  const std::string count = std::to_string(rows);
  body.replace(count_at + kCount - count.size(), count.size(), count);
  body += std::string(bytes - std::min(bytes, body.size() + end.size()), ' ');
  return body + end;
}

}  // namespace

RequestWriter::RequestWriter(const Plan& plan) : keys_(read_keys(plan.keys_file)), bodies_(plan.bodies) {
  const std::size_t in_text = std::min<std::uint64_t>(plan.body_bytes, kInText);
  const std::string body = body_of(in_text);
  filler_bytes_ = plan.body_bytes - in_text;
  text_ = "POST " + plan.path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(plan.port) +
          "\r\nUser-Agent: mlgateway-bench\r\nAccept: */*\r\nContent-Type: application/json\r\nAuthorization: Bearer ";
  key_at_ = text_.size();
  text_ += keys_.front() + "\r\n" + field("x-bench-answer-bytes", plan.answer_bytes) +
           field("x-bench-events", plan.events) + field("x-bench-stall-ms", plan.model_stall_ms) +
           "Content-Length: " + std::to_string(body.size() + filler_bytes_) + "\r\n\r\n";
  id_at_ = text_.size() + kIdStart.size();
  value_at_ = text_.size() + body.find("0.") + 2;
  text_ += body;
}

void RequestWriter::write(std::uint64_t number, std::string& out) const {
  out = text_;
  const std::string& key = keys_[number % keys_.size()];
  out.replace(key_at_, key.size(), key);
  put_digits(out.data() + id_at_, body_number(number));
  // Any odd multiplier: neighbours differ in every digit.
  put_digits(out.data() + value_at_, body_number(number) * 0x9e3779b97f4a7c15u);
}

std::string_view RequestWriter::filler() {
  static const std::string bytes(256 * 1024, ' ');
  return bytes;
}

std::string RequestWriter::answer_start(std::uint64_t number) const {
  std::string start(kIdStart);
  start.resize(kIdStart.size() + kDigits);
  put_digits(start.data() + kIdStart.size(), body_number(number));
  return start;
}

}  // namespace mlgateway::bench
