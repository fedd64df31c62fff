#include <random>
#include <string>

#include <gtest/gtest.h>

#include "sidecar/limits/record.hpp"
#include "tests/fuzz/journal_properties.hpp"
#include "tests/sidecar/limits/account_images.hpp"

namespace mlgateway::limits {
namespace {

std::string record_of(const AccountImage& image) {
  std::string record;
  EXPECT_TRUE(append_record(record, image));
  return record;
}

std::string payload_of(const AccountImage& image) {
  std::string payload;
  append_payload(payload, image);
  return payload;
}

bool readable(const AccountImage& image) {
  AccountImage again;
  return read_payload(payload_of(image), again);
}

TEST(Record, GivesBackWhatWasWritten) {
  std::string bytes;
  for (int number = 0; number < 50; ++number) ASSERT_TRUE(append_record(bytes, account_image(number)));
  std::string_view left = bytes;
  AccountImage image;
  for (int number = 0; number < 50; ++number) {
    ASSERT_EQ(take_record(left, image), Taken::Record);
    EXPECT_EQ(image, account_image(number));
  }
  EXPECT_TRUE(left.empty());
}

TEST(Record, KeepsAnyBytesOfAName) {
  AccountImage image{"", std::string("a\0\xff\n", 4), {rate_image(1)}};
  const std::string record = record_of(image);
  std::string_view left = record;
  AccountImage again;
  ASSERT_EQ(take_record(left, again), Taken::Record);
  EXPECT_EQ(again, image);
}

// What a file of this format holds may never change.
TEST(Record, IsLaidOutAsItWasWhenTheFormatWasMade) {
  const AccountImage image{"q", "o", {{"l", 258, WallTime{} + std::chrono::nanoseconds(3), {{WallTime{}, 5}}}}};
  const std::string numbers = std::string("\x02\x01\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x01\0\0\0", 20) +
                              std::string(8, '\0') + std::string("\x05\0\0\0\0\0\0\0", 8);
  const std::string texts = std::string("\x01\0\0\0q\x01\0\0\0o\x01\0\0\0\x01\0\0\0l", 19);
  EXPECT_EQ(payload_of(image), texts + numbers);
  const std::string record = record_of(image);
  EXPECT_EQ(record.substr(0, 4), std::string("\x37\0\0\0", 4));
  EXPECT_EQ(record.substr(4, 8), std::string("\x9d\x68\xc4\x50\xac\x7e\x0b\x16", 8));
}

TEST(Record, WaitsForTheRestOfAnyBeginning) {
  const std::string record = record_of(account_image(4));
  AccountImage image;
  for (std::size_t size = 0; size < record.size(); ++size) {
    std::string_view left = std::string_view(record).substr(0, size);
    EXPECT_EQ(take_record(left, image), Taken::More) << size;
    EXPECT_EQ(left.size(), size);
  }
}

TEST(Record, IsNotReadWithAnyBitTurned) {
  const std::string record = record_of(account_image(4));
  for (std::size_t bit = 0; bit < 8 * record.size(); ++bit) {
    std::string turned = record;
    turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << bit % 8));
    std::string_view left = turned;
    AccountImage image;
    EXPECT_NE(take_record(left, image), Taken::Record) << bit;
  }
}

TEST(Record, IsNoneWhereAFileSystemLeftZeros) {
  const std::string zeros(4096, '\0');
  std::string_view left = zeros;
  AccountImage image;
  EXPECT_EQ(take_record(left, image), Taken::Torn);
}

TEST(Record, IsNoneWhenItsLengthAsksForMoreThanAnyRecordTakes) {
  std::string_view left("\xff\xff\xff\x7f\0\0\0\0\0\0\0\0", 12);
  AccountImage image;
  EXPECT_EQ(take_record(left, image), Taken::Torn);
}

TEST(Record, IsNotWrittenWhenNobodyWouldReadIt) {
  std::string bytes = "before";
  EXPECT_FALSE(append_record(bytes, {"quota", std::string(kMostPayloadBytes, 'o'), {}}));
  EXPECT_EQ(bytes, "before");
}

TEST(Record, RefusesAccountsThatCannotBe) {
  EXPECT_TRUE(readable(account_image(4)));
  AccountImage debt = account_image(1);
  debt.buckets[0].debt = -1;
  EXPECT_FALSE(readable(debt));
  AccountImage credit{"q", "o", {budget_image(2)}};
  credit.buckets[0].slots[1].amount = -1;
  EXPECT_FALSE(readable(credit));
  AccountImage disorder{"q", "o", {budget_image(2)}};
  std::swap(disorder.buckets[0].slots[0], disorder.buckets[0].slots[1]);
  EXPECT_FALSE(readable(disorder));
}

TEST(Record, RefusesPayloadsWithMoreOrLessThanAnAccount) {
  const std::string payload = payload_of(account_image(4));
  AccountImage image;
  EXPECT_FALSE(read_payload(payload + "x", image));
  for (std::size_t size = 0; size < payload.size(); ++size) EXPECT_FALSE(read_payload(payload.substr(0, size), image));
}

TEST(Record, RefusesCountsThatCannotBeTrue) {
  AccountImage image;
  const std::string no_names(8, '\0');
  EXPECT_TRUE(read_payload(no_names + std::string(4, '\0'), image));
  EXPECT_FALSE(read_payload(no_names + std::string("\xff\xff\xff\xff", 4), image));
}

TEST(Record, TakesTimesBeyondAllReasonForTheNearestThatCanBe) {
  AccountImage image{"q", "o", {{"l", 1, WallTime::min(), {{WallTime::max(), 1}}}}};
  std::string_view left;
  const std::string record = record_of(image);
  left = record;
  AccountImage again;
  ASSERT_EQ(take_record(left, again), Taken::Record);
  EXPECT_EQ(again.buckets[0].as_of, WallTime{});
  EXPECT_EQ(again.buckets[0].slots[0].taken_until.time_since_epoch().count(), kLastTime);
}

TEST(JournalHeader, TellsItsOwnFormatFromOthers) {
  const std::string header = journal_header();
  EXPECT_EQ(header.size(), kHeaderBytes);
  EXPECT_EQ(kind_of_header(header + "records"), HeaderKind::Known);
  EXPECT_EQ(kind_of_header(std::string("mlgwqjrn\x02\0\0\0", 12)), HeaderKind::OtherFormat);
  EXPECT_EQ(kind_of_header("a letter to my mother"), HeaderKind::Foreign);
  EXPECT_EQ(kind_of_header("short"), HeaderKind::Foreign);
  for (std::size_t size = 0; size < kHeaderBytes; ++size) {
    EXPECT_EQ(kind_of_header(header.substr(0, size)), HeaderKind::Torn) << size;
  }
}

TEST(JournalMutations, BreakNoProperty) {
  std::mt19937 random(1);
  for (int round = 0; round < 100'000; ++round) {
    const AccountImage image = account_image(static_cast<int>(random() % 50));
    std::string bytes = random() % 2 == 0 ? payload_of(image) : record_of(image);
    for (std::size_t change = 0, changes = 1 + random() % 3; change < changes && !bytes.empty(); ++change) {
      const std::size_t at = random() % bytes.size();
      if (random() % 4 == 0) bytes.erase(at, 1 + random() % 4);
      if (at < bytes.size()) bytes[at] = static_cast<char>(random() % 8 == 0 ? 0xff : random());
    }
    const char* const broken = broken_journal_property(bytes);
    ASSERT_EQ(broken, nullptr) << broken << " in round " << round;
  }
}

}  // namespace
}  // namespace mlgateway::limits
