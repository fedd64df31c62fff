// What is read of a journal's file, whatever became of it.
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sidecar/limits/journal_folder.hpp"
#include "sidecar/limits/record.hpp"
#include "tests/sidecar/limits/account_images.hpp"
#include "tests/sidecar/limits/state_folder.hpp"

namespace mlgateway::limits {
namespace {

constexpr int kRecords = 30;

struct Read {
  Reading reading;
  std::vector<AccountImage> images;
};

Read read(const StateFolder& folder) {
  auto file = JournalFile::open(folder.journal());
  EXPECT_TRUE(file);
  Read read;
  auto reading = file->read([&](const AccountImage& image) { read.images.push_back(image); });
  EXPECT_TRUE(reading) << reading.error().message;
  if (reading) read.reading = *reading;
  return read;
}

struct Bytes {
  std::string all = journal_header();
  std::vector<std::size_t> ends = {all.size()};  // of the header and of every record

  Bytes() {
    for (int number = 0; number < kRecords; ++number) {
      append_record(all, account_image(number));
      ends.push_back(all.size());
    }
  }
  // How many records are whole within so many bytes.
  std::size_t whole_within(std::size_t size) const {
    std::size_t whole = 0;
    while (whole + 1 < ends.size() && ends[whole + 1] <= size) ++whole;
    return whole;
  }
};

bool is_prefix(const std::vector<AccountImage>& images) {
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (!(images[i] == account_image(static_cast<int>(i)))) return false;
  }
  return true;
}

TEST(JournalFile, IsReadUpToTheTearWhereverItIs) {
  const StateFolder folder;
  const Bytes bytes;
  folder.write(bytes.all);
  for (std::size_t size = bytes.all.size() + 1; size-- > 0;) {
    std::filesystem::resize_file(folder.journal(), size);
    const Read found = read(folder);
    const std::size_t whole = bytes.whole_within(size);
    ASSERT_EQ(found.images.size(), whole) << size;
    ASSERT_TRUE(is_prefix(found.images)) << size;
    ASSERT_EQ(found.reading.records, whole);
    const std::size_t good = size < kHeaderBytes ? 0 : bytes.ends[whole];
    ASSERT_EQ(found.reading.good_bytes, good) << size;
    ASSERT_EQ(found.reading.torn_bytes, size - good) << size;
  }
}

TEST(JournalFile, IsReadUpToAFlippedByteAndNeverInventsAnything) {
  const StateFolder folder;
  const Bytes bytes;
  std::mt19937 random(1);
  for (int round = 0; round < 1000; ++round) {
    std::string flipped = bytes.all;
    const std::size_t at = kHeaderBytes + random() % (flipped.size() - kHeaderBytes);
    flipped[at] = static_cast<char>(flipped[at] ^ (1 + random() % 255));
    folder.write(flipped);
    const Read found = read(folder);
    ASSERT_EQ(found.images.size(), bytes.whole_within(at)) << at;
    ASSERT_TRUE(is_prefix(found.images)) << at;
    ASSERT_EQ(found.reading.good_bytes + found.reading.torn_bytes, flipped.size());
  }
}

TEST(JournalFile, IsReadAcrossThePiecesItIsReadIn) {
  const StateFolder folder;
  std::string bytes = journal_header();
  AccountImage large = account_image(1);
  large.owner = std::string(3u << 20, 'o');
  for (const AccountImage& image : {account_image(0), large, account_image(2), large, account_image(4)}) {
    ASSERT_TRUE(append_record(bytes, image));
  }
  folder.write(bytes);
  const Read found = read(folder);
  ASSERT_EQ(found.images.size(), 5u);
  EXPECT_EQ(found.images[3], large);
  EXPECT_EQ(found.images[4], account_image(4));
  EXPECT_EQ(found.reading.torn_bytes, 0u);
}

TEST(JournalFile, OfAnotherFormatIsRefusedWithWordsThatHelp) {
  const StateFolder folder;
  folder.write(std::string("mlgwqjrn\x02\0\0\0", 12));
  const auto file = JournalFile::open(folder.journal());
  ASSERT_TRUE(file);
  const auto reading = file->read([](const AccountImage&) { FAIL(); });
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().message,
            "quota journal: \"" + folder.journal().string() +
                "\" is of another format than 1; start the version that wrote it, or move the file away and lose "
                "what quotas were used");
}

TEST(JournalFile, OfSomebodyElseIsRefused) {
  const StateFolder folder;
  folder.write("a letter to my mother");
  const auto file = JournalFile::open(folder.journal());
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->read([](const AccountImage&) { FAIL(); }));
  EXPECT_EQ(folder.bytes(), "a letter to my mother");
}

TEST(JournalFile, NoticesThatSomebodyRemovedIt) {
  const StateFolder folder;
  std::filesystem::create_directory(folder.path());
  auto file = JournalFile::create(folder.journal());
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->sync());
  std::filesystem::remove(folder.journal());
  EXPECT_TRUE(file->removed());
  EXPECT_FALSE(file->sync());
}

TEST(JournalFile, IsNobodyElsesBusiness) {
  const StateFolder folder;
  const auto opened = JournalFolder::open(folder.path());
  ASSERT_TRUE(opened);
  ASSERT_TRUE(JournalFile::create(folder.journal()));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(folder.path()).permissions(), perms::owner_all);
  EXPECT_EQ(std::filesystem::status(folder.journal()).permissions(), perms::owner_read | perms::owner_write);
}

TEST(JournalFolder, IsOfOneProcessAtATime) {
  const StateFolder folder;
  {
    const auto first = JournalFolder::open(folder.path());
    ASSERT_TRUE(first);
    const auto second = JournalFolder::open(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().message,
              "state directory: \"" + folder.path() + "\" is in use by another process; give each process its own");
  }
  EXPECT_TRUE(JournalFolder::open(folder.path()));
}

TEST(JournalFolder, SaysWhyItCannotBe) {
  const StateFolder folder;
  const auto orphan = JournalFolder::open(folder.path() + "/missing/state");
  ASSERT_FALSE(orphan);
  EXPECT_EQ(orphan.error().message,
            "state directory: cannot make \"" + folder.path() + "/missing/state\": No such file or directory");
  folder.write("");
  const auto no_directory = JournalFolder::open(folder.journal());
  ASSERT_FALSE(no_directory);
  EXPECT_NE(no_directory.error().message.find("Not a directory"), std::string::npos);
}

}  // namespace
}  // namespace mlgateway::limits
