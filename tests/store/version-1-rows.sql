-- What a songwriter of version 1 may have: a song, a draft, a version of it, takes of three kinds, a fact.
INSERT INTO songs VALUES (1, 'Night Ferry', 'Night Ferry', 1773496920000, 1773496920000, 1773496920000, 3);
INSERT INTO drafts VALUES (1, 4, '{"model":"minimax/music-2.0","style":"slow waltz","lyrics":"[Verse]\nOne"}',
  1773496920000, 'the screen on pts/3', 4);
INSERT INTO versions VALUES (1, 1, 1773496920000, 'kept', '{"style":"fast waltz"}');
INSERT INTO takes (id, song, take, service, model, status, request_tag, draft, request, folder, created, meant, place,
                   sent, finished, usual, file, usd, rating, rev)
VALUES
  (1, 1, 1, 'https://api.aimlapi.com', 'minimax/music-2.0', 'saved', 'tag-1', '{}', '{}', '/music', 1773496920000,
   1773496920000, 1, 1773496921000, 1773496989000, 70, '/music/1.mp3', 0.03, 4, 5),
  (2, 1, 2, 'https://api.aimlapi.com', 'minimax/music-2.0', 'held', 'tag-2', '{}', '{}', '/music', 1773496920000,
   1773496920000, 2, NULL, NULL, 70, NULL, NULL, 0, 6),
  (3, 1, 3, 'sandbox', 'stable-audio', 'failed', 'tag-3', '{}', '{}', '/music', 1773496920000,
   1773496920000, 3, 1773496921000, 1773496989000, 4, NULL, NULL, 0, 7);
INSERT INTO library VALUES (1, 'Mara, dry', 'url', 'https://a.example/1.mp3', '', 1773496920000, 8);
INSERT INTO facts VALUES ('https://api.aimlapi.com', 'balance', 4.21, 1773496920000, 9);
INSERT INTO workers VALUES ('https://api.aimlapi.com', 4242, 1773496920000, '0.1.0');
UPDATE counter SET rev = 9;
