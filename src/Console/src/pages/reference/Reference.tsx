import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { problemOf } from '../../api/problem';
import { plural } from '../../parts/format';
import { Empty, Loaded } from '../../parts/States';
import { type Document, operationsOf } from './document';
import { OperationDetail } from './OperationDetail';

async function readDocument(): Promise<Document> {
  const response = await fetch('/openapi/v1.json');
  if (!response.ok) throw problemOf(response.status, null);
  return (await response.json()) as Document;
}

/** Every operation of the API, from the document that the server itself gives out. */
export default function Reference() {
  const [params, setParams] = useSearchParams();
  const filter = params.get('find') ?? '';
  const document = useQuery({ queryKey: ['openapi'], queryFn: readDocument, staleTime: Number.POSITIVE_INFINITY });
  return (
    <Loaded query={document} what="The API's description">
      {data => {
        const operations = operationsOf(data).filter(one =>
          `${one.method} ${one.path} ${one.description}`.toLowerCase().includes(filter.toLowerCase()),
        );
        const parts = [...new Set(operations.map(one => one.part))];
        return (
          <SpaceBetween size="m">
            <Header
              variant="h1"
              description={
                <>
                  Send a token as <code className="dg-mono">Authorization: Bearer …</code>. Edits need{' '}
                  <code className="dg-mono">If-Match</code>.{' '}
                  <Link href="/openapi/v1.json" external>
                    openapi/v1.json
                  </Link>
                </>
              }
            >
              API reference
            </Header>
            <TextFilter
              filteringText={filter}
              onChange={({ detail }) => setParams(detail.filteringText ? { find: detail.filteringText } : {}, { replace: true })}
              filteringPlaceholder="Find by path, method or scope"
              filteringAriaLabel="Find operations"
              countText={plural(operations.length, 'operation')}
            />
            {parts.length === 0 && <Empty title="No operation matches" />}
            {parts.map(part => (
              <section key={part} aria-label={part}>
                <Header variant="h2">{part}</Header>
                {operations
                  .filter(one => one.part === part)
                  .map(one => (
                    <ExpandableSection
                      key={`${one.method} ${one.path}`}
                      variant="footer"
                      headerText={
                        <span className="dg-operation">
                          <span className={`dg-method dg-m-${one.method}`}>{one.method.toUpperCase()}</span>{' '}
                          <span className="dg-mono">{one.path}</span>
                        </span>
                      }
                      headerDescription={one.description}
                    >
                      <OperationDetail document={data} operation={one} />
                    </ExpandableSection>
                  ))}
              </section>
            ))}
          </SpaceBetween>
        );
      }}
    </Loaded>
  );
}
