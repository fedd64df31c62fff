#include "sidecar/limits/record.hpp"

#include <algorithm>
#include <chrono>
#include <type_traits>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace mlgateway::limits {
namespace {

using std::chrono::nanoseconds;

constexpr std::string_view kMagic = "mlgwqjrn";
constexpr std::size_t kFrameBytes = 4 + 8;
// The least that each takes: a length that promises more of them than fit what is left is refused before it costs
// memory.
constexpr std::size_t kLeastBucketBytes = 4 + 8 + 8 + 4;
constexpr std::size_t kSlotBytes = 8 + 8;

template <class Number>
void append_number(std::string& out, Number number) {
  const auto bits = static_cast<std::make_unsigned_t<Number>>(number);
  for (std::size_t i = 0; i < sizeof bits; ++i) out += static_cast<char>(bits >> (8 * i) & 0xff);
}

void append_text(std::string& out, std::string_view text) {
  append_number(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

std::int64_t nanoseconds_of(WallTime time) {
  const auto count = std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count();
  return std::clamp<std::int64_t>(count, 0, kLastTime);
}

// Reads from the front; once something is not there, everything after it is not there either.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : left_(bytes) {}

  bool good() const { return good_; }
  bool at_end() const { return good_ && left_.empty(); }
  std::string_view left() const { return left_; }

  template <class Number>
  Number number() {
    std::make_unsigned_t<Number> bits = 0;
    const std::string_view bytes = take(sizeof bits);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bits |= std::make_unsigned_t<Number>{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return static_cast<Number>(bits);
  }
  std::string_view take(std::size_t size) {
    good_ = good_ && size <= left_.size();
    if (!good_) return {};
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::string text() { return std::string(take(number<std::uint32_t>())); }
  Amount amount() {
    const auto amount = number<std::int64_t>();
    good_ = good_ && amount >= 0;
    return amount;
  }
  WallTime time() {
    const auto time = number<std::int64_t>();
    good_ = good_ && time >= 0 && time <= kLastTime;
    return WallTime(std::chrono::duration_cast<WallTime::duration>(nanoseconds(good_ ? time : 0)));
  }
  // How many things of at least that size follow; none when so many cannot.
  std::size_t count(std::size_t least_bytes) {
    const auto count = number<std::uint32_t>();
    good_ = good_ && count <= left_.size() / least_bytes;
    return good_ ? count : 0;
  }

 private:
  std::string_view left_;
  bool good_ = true;
};

BucketImage read_bucket(Cursor& cursor) {
  BucketImage bucket;
  bucket.limit = cursor.text();
  bucket.debt = cursor.amount();
  bucket.as_of = cursor.time();
  bucket.slots.resize(cursor.count(kSlotBytes));
  for (SlotImage& slot : bucket.slots) {
    slot.taken_until = cursor.time();
    slot.amount = cursor.amount();
  }
  return bucket;
}

bool in_order(const std::vector<SlotImage>& slots) {
  return std::is_sorted(slots.begin(), slots.end(),
                        [](const SlotImage& a, const SlotImage& b) { return a.taken_until < b.taken_until; });
}

void append_bucket(std::string& out, const BucketImage& bucket) {
  append_text(out, bucket.limit);
  append_number(out, bucket.debt);
  append_number(out, nanoseconds_of(bucket.as_of));
  append_number(out, static_cast<std::uint32_t>(bucket.slots.size()));
  for (const SlotImage& slot : bucket.slots) {
    append_number(out, nanoseconds_of(slot.taken_until));
    append_number(out, slot.amount);
  }
}

void overwrite(std::string& out, std::size_t at, std::string_view bytes) { out.replace(at, bytes.size(), bytes); }

}  // namespace

std::string journal_header() {
  std::string header(kMagic);
  append_number(header, kJournalFormat);
  return header;
}

HeaderKind kind_of_header(std::string_view bytes) {
  const std::string known = journal_header();
  const std::string_view header = bytes.substr(0, kHeaderBytes);
  if (header == known) return HeaderKind::Known;
  if (header.size() < kHeaderBytes && known.starts_with(header)) return HeaderKind::Torn;
  return header.size() == kHeaderBytes && header.starts_with(kMagic) ? HeaderKind::OtherFormat : HeaderKind::Foreign;
}

void append_payload(std::string& out, const AccountImage& image) {
  append_text(out, image.quota);
  append_text(out, image.owner);
  append_number(out, static_cast<std::uint32_t>(image.buckets.size()));
  for (const BucketImage& bucket : image.buckets) append_bucket(out, bucket);
}

bool read_payload(std::string_view payload, AccountImage& image) {
  Cursor cursor(payload);
  image.quota = cursor.text();
  image.owner = cursor.text();
  image.buckets.clear();
  for (std::size_t count = cursor.count(kLeastBucketBytes); count > 0; --count) {
    image.buckets.push_back(read_bucket(cursor));
    if (!cursor.good() || !in_order(image.buckets.back().slots)) return false;
  }
  return cursor.at_end();
}

bool append_record(std::string& out, const AccountImage& image) {
  const std::size_t begin = out.size();
  out.append(kFrameBytes, '\0');
  append_payload(out, image);
  const std::string_view payload = std::string_view(out).substr(begin + kFrameBytes);
  if (payload.size() > kMostPayloadBytes) {
    out.resize(begin);
    return false;
  }
  std::string frame;
  append_number(frame, static_cast<std::uint32_t>(payload.size()));
  append_number(frame, std::uint64_t{XXH3_64bits(payload.data(), payload.size())});
  overwrite(out, begin, frame);
  return true;
}

Taken take_record(std::string_view& bytes, AccountImage& image) {
  Cursor cursor(bytes);
  const auto size = cursor.number<std::uint32_t>();
  const auto checksum = cursor.number<std::uint64_t>();
  if (!cursor.good()) return Taken::More;
  if (size > kMostPayloadBytes) return Taken::Torn;
  const std::string_view payload = cursor.take(size);
  if (!cursor.good()) return Taken::More;
  if (XXH3_64bits(payload.data(), payload.size()) != checksum) return Taken::Torn;
  if (!read_payload(payload, image)) return Taken::Torn;
  bytes = cursor.left();
  return Taken::Record;
}

}  // namespace mlgateway::limits
